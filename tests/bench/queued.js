({
  open: () =>
    new Promise((done) => {
      const opening = indexedDB.open("roundtag");
      opening.onsuccess = () => done(opening.result);
    }),

  async hex(data) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },

  async row({ code, label }, seq, owner, photo) {
    const body = JSON.stringify([
      ["tag", code],
      ["symptom", "other"],
      ["description", label],
      ["photo", `blob:${photo.sha256}`],
    ]);
    return {
      submission_id: crypto.randomUUID(),
      supersedes: null,
      kind: "fault",
      entity_key: code,
      label,
      path: `/t/${code}`,
      owner_user_id: owner,
      form_version: "1",
      app_version: "bench",
      body,
      body_sha256: await this.hex(new TextEncoder().encode(body)),
      photos: [{ sha256: photo.sha256, mime: photo.mime, size: photo.size }],
      state: "saved",
      attempts: 0,
      next_at: 0,
      last_error: null,
      created_wall: new Date().toISOString(),
      receipt: null,
      seq,
      install_id: "0d6f7b5e-94a5-4f0e-8a3c-5b8f2f4d9e12",
    };
  },

  // Every photo gets its number into the comment at byte 6, so that no two are the same.
  async fill({ items, owner, photo }) {
    const db = await this.open();
    const base = Uint8Array.from(atob(photo), (sign) => sign.charCodeAt(0));
    for (const [n, item] of items.entries()) {
      const bytes = base.slice();
      bytes.set(new TextEncoder().encode(String(n).padStart(8, "0")), 6);
      const kept = { sha256: await this.hex(bytes), mime: "image/jpeg", size: bytes.length };
      const row = await this.row(item, n + 1, owner, kept);
      const tx = db.transaction(["outbox", "photos"], "readwrite");
      tx.objectStore("outbox").add(row);
      tx.objectStore("photos").put({
        ...kept,
        bytes: bytes.buffer,
        field: "photo",
        state: "waiting",
        submission_id: row.submission_id,
      });
      await new Promise((done) => (tx.oncomplete = done));
    }
    db.close();
  },

  // Photos leave the phone with the receipt that closes their entry.
  async drain() {
    const db = await this.open();
    const left = () =>
      new Promise((done) => {
        const count = db.transaction("photos").objectStore("photos").count();
        count.onsuccess = () => done(count.result);
      });
    const start = performance.now();
    document.querySelector("[data-outbox-send]").click();
    while (await left()) await new Promise((done) => setTimeout(done, 200));
    db.close();
    return (performance.now() - start) / 1000;
  },
})
