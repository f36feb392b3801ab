// Reads [{name, url, cookie}] from the standard input, has Lighthouse judge each as a phone on a slow
// line, and writes a line for each that came: {name, url, scores: {category: 0…100}, figures, wrong: [audits]}.
//
// Other work on this machine is kept out of the scores: a task counts with what it had of the
// processor, the server's time is assumed, and the speed index, which is read off a film and not
// computed, does not count.
import { text } from "node:stream/consumers";
import { auditFlowArtifacts, defaultConfig, startFlow } from "lighthouse";
import puppeteer from "puppeteer-core";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN", "--ignore-certificate-errors"];
const SILENT = new Set(["informative", "manual", "notApplicable"]);
const FIGURES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
const FILMED = "speed-index";
const SERVER_MS = 100;
const advice = defaultConfig.categories.performance.auditRefs.filter(({ weight }) => !weight).map(({ id }) => id);

const isWrong = ({ score, scoreDisplayMode }) => score !== null && score < 1 && !SILENT.has(scoreDisplayMode);

function scored({ auditRefs }, audits) {
  const counted = auditRefs.filter(({ id, weight }) => weight && id !== FILMED && audits[id].score !== null);
  const whole = counted.reduce((all, { weight }) => all + weight, 0);
  return Math.floor(100 * counted.reduce((all, { id, weight }) => all + weight * audits[id].score, 0) / whole);
}

function sum({ categories, audits, finalDisplayedUrl }) {
  return {
    url: finalDisplayedUrl,
    scores: Object.fromEntries(CATEGORIES.map((id) => [id, scored(categories[id], audits)])),
    figures: Object.fromEntries(FIGURES.map((id) => [id, audits[id].numericValue])),
    wrong: Object.values(audits).filter(isWrong).map(({ id, displayValue }) => `${id} ${displayValue ?? ""}`),
  };
}

// Each task, with all that happened in it, is pressed into the time that it had of the processor.
function press(events) {
  const running = new Map();
  for (const event of events.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
    const thread = `${event.pid} ${event.tid}`;
    const task = running.get(thread);
    if (task && event.ts < task.end) {
      event.ts = task.ts + (event.ts - task.ts) * task.share;
      if (event.dur) event.dur *= task.share;
    } else if (event.name.endsWith("RunTask") && event.tdur && event.tdur < event.dur) {
      running.set(thread, { ts: event.ts, end: event.ts + event.dur, share: event.tdur / event.dur });
      event.dur = event.tdur;
    }
  }
}

async function judge(browser, { url, cookie }) {
  const { hostname: domain, origin } = new URL(url);
  const phone = await browser.createBrowserContext();
  const held = { domain, path: "/", secure: true, httpOnly: true };
  if (cookie) await phone.setCookie({ ...held, name: cookie[0], value: cookie[1] });
  const precomputedLanternData = {
    additionalRttByOrigin: { [origin]: 0 }, serverResponseTimeByOrigin: { [origin]: SERVER_MS },
  };
  const flags = { onlyCategories: CATEGORIES, skipAudits: advice, maxWaitForLoad: 20_000,
    disableFullPageScreenshot: true, precomputedLanternData, logLevel: "error" };
  const flow = await startFlow(await phone.newPage(), { flags });
  await flow.navigate(url);
  const found = flow.createArtifactsJson();
  await phone.close();
  const { Trace } = found.gatherSteps[0].artifacts;
  if (!Trace) return null;
  press(Trace.traceEvents);
  return sum((await auditFlowArtifacts(found)).steps[0].lhr);
}

const executablePath = process.env.CHROME_PATH;
const browser = await puppeteer.launch({ executablePath, args: FLAGS, acceptInsecureCerts: true });
for (const page of JSON.parse(await text(process.stdin))) {
  const found = await judge(browser, page);
  if (Number.isFinite(found?.scores.performance)) process.stdout.write(`${JSON.stringify({ name: page.name, ...found })}\n`);
}
await browser.close();
