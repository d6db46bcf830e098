/** How the platform's pages look: one small style sheet, inside every page, light and dark as the system is. */

export const style = `
:root {
  color-scheme: light dark;
  --page: #f3f5f4; --card: #ffffff; --edge: #dfe4e2; --field: #7d8a87;
  --ink: #17211f; --quiet: #55625f; --tint: #eef4f2;
  --accent: #0f6157; --accent-ink: #ffffff; --accent-over: #0b4d45;
  --alert: #a3261f; --alert-tint: #fdf1ef; --alert-edge: #efc9c4;
  --shade: 0 1px 2px rgb(16 32 28 / .05), 0 12px 32px -12px rgb(16 32 28 / .14);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1413; --card: #171e1c; --edge: #2a3431; --field: #74827e;
    --ink: #e8eeec; --quiet: #a0adaa; --tint: #1d2724;
    --accent: #6fd0bf; --accent-ink: #06231e; --accent-over: #8bdccd;
    --alert: #ffb4a9; --alert-tint: #2c1b19; --alert-edge: #5b302b;
    --shade: none;
  }
}
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; }
body {
  min-height: 100vh; min-height: 100dvh; padding: 32px 20px;
  display: grid; grid-template-rows: 1fr auto 1.15fr; gap: 20px; justify-items: center;
  background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
header { align-self: end; }
header, footer, main { width: 100%; max-width: 416px; }
.brand { display: flex; align-items: center; justify-content: center; gap: 10px; font-weight: 600; }
.brand svg { width: 26px; height: 26px; color: var(--accent); }
main {
  padding: 32px; background: var(--card); border: 1px solid var(--edge); border-radius: 16px;
  box-shadow: var(--shade);
}
footer { text-align: center; font-size: 13px; color: var(--quiet); }
h1 { font-size: 22px; line-height: 1.3; font-weight: 640; letter-spacing: -.01em; text-wrap: balance; }
h1 + p { margin-top: 6px; color: var(--quiet); }
p { overflow-wrap: anywhere; text-wrap: pretty; }
p strong { color: var(--ink); font-weight: 600; }
.icon { width: 44px; height: 44px; margin-bottom: 16px; color: var(--accent); display: block; }
.icon.bad { color: var(--alert); }
.icon.calm { color: var(--quiet); }
form { margin-top: 24px; }
form + form { margin-top: 10px; }
label { display: block; margin: 16px 0 6px; font-size: 14px; font-weight: 560; }
label:first-of-type { margin-top: 0; }
input:not([type=hidden]) {
  width: 100%; height: 46px; padding: 0 14px; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--field); border-radius: 10px;
}
input.code {
  height: 60px; text-align: center; text-transform: uppercase; letter-spacing: .16em;
  font: 600 24px/1 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
}
input.code::placeholder { color: var(--quiet); opacity: .55; }
button {
  width: 100%; height: 46px; padding: 0 16px; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--ink); background: transparent; border: 1px solid var(--edge); border-radius: 10px;
}
button:hover { background: var(--tint); }
button.main { color: var(--accent-ink); background: var(--accent); border-color: transparent; }
button.main:hover { background: var(--accent-over); }
label ~ button.main { margin-top: 24px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input:focus-visible { outline-offset: -1px; border-color: transparent; }
.notice {
  margin-top: 20px; padding: 12px 14px; font-size: 14px; border-radius: 10px;
  color: var(--alert); background: var(--alert-tint); border: 1px solid var(--alert-edge);
}
.who {
  margin-top: 20px; padding: 12px 14px; display: flex; align-items: center; gap: 12px;
  background: var(--tint); border-radius: 12px; font-size: 14px;
}
.who .mark {
  flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--accent-ink); font-weight: 600;
}
.who .name { min-width: 0; font-weight: 560; overflow-wrap: anywhere; line-height: 1.35; }
.who form { margin: 0 0 0 auto; flex: none; }
.who button { width: auto; height: 34px; padding: 0 10px; font-size: 13px; color: var(--accent); border: 0; }
.who button:hover { text-decoration: underline; background: transparent; }
h2 { margin-top: 20px; font-size: 14px; font-weight: 560; color: var(--quiet); overflow-wrap: anywhere; text-wrap: balance; }
ul { margin-top: 4px; padding: 0; list-style: none; }
li { display: flex; gap: 14px; padding: 9px 0; border-bottom: 1px solid var(--edge); overflow-wrap: anywhere; }
li:last-child { border-bottom: 0; padding-bottom: 0; }
li svg { flex: none; width: 20px; height: 20px; margin-top: 2px; color: var(--accent); }
.actions { display: flex; gap: 10px; margin-top: 24px; }
.actions form { flex: 1; margin: 0; }
.fine { margin-top: 20px; font-size: 13px; color: var(--quiet); }
.shown-code {
  margin-top: 20px; padding: 18px; text-align: center; border-radius: 12px; background: var(--tint);
  font: 600 28px/1.2 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; letter-spacing: .1em;
}
code { font: 13px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
@media (max-width: 420px) { main { padding: 24px 20px; } body { padding: 20px 12px; } }
`;
