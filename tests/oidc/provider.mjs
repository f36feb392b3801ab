// A real OpenID provider for tests: node provider.mjs PORT REDIRECT_URI. It prints "ready".
// Its sign-in page takes any name; the name decides what it says about that person.
import { Provider } from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const account = (id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    preferred_username: id.startsWith("mail-") ? `other-${id}` : id,
    name: `Name of ${id}`,
    email: `${id}@example.com`,
    email_verified: !id.startsWith("unverified"),
  }),
});

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "roundtag",
      client_secret: "a client secret with : and %",
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: "RS256",
    },
  ],
  pkce: { required: () => true },
  findAccount: (_ctx, id) => account(id),
  claims: { profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: true } },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
