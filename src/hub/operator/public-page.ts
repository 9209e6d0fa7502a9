// The front page for strangers, as text: what this hub is, how many are here, how to come in, whom to write to.
import type { HubPublicStats } from '#api';
import { spokenFingerprint } from './invite.ts';

export type FrontPage = {
  stats: HubPublicStats;
  motd: readonly string[];
  contact: string | null;
  terms: string | null;
};

const NUMBER = new Intl.NumberFormat('en');

export function frontPage({ stats, motd, contact, terms }: FrontPage): string {
  const { name, users, files, rooms, uptimeSeconds, napster, tls, fingerprint, invite } = stats;
  const figures = [
    [NUMBER.format(users), users === 1 ? 'person here' : 'people here'],
    [NUMBER.format(files), files === 1 ? 'song shared' : 'songs shared'],
    [NUMBER.format(rooms), rooms === 1 ? 'room' : 'rooms'],
    [upFor(uptimeSeconds), 'up'],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(name)}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="front.css">
</head>
<body>
<main>
<header>
<p class="kind">A hub for sharing music</p>
<h1>${escape(name)}</h1>
</header>
<dl class="figures">
${figures.map(([value, label]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join('\n')}
</dl>
${motd.length > 0 ? `<section aria-label="Message of the day" class="motd">${motd.map((line) => `<p>${escape(line)}</p>`).join('\n')}</section>` : ''}
<section class="join">
<div>
<h2>Come in</h2>
<p>With Peershield, open the invitation:</p>
<p><a class="button" href="${escape(invite)}">Open in Peershield</a></p>
<p class="code">${escape(invite)}</p>
<p>With any Napster client, add this server: ${napster.map((address) => `<code>${escape(address)}</code>`).join(' or ')}. Old clients send passwords in clear, so choose one that you use nowhere else.</p>
${tls === null || fingerprint === null ? '' : `<p>Encrypted: <code>${escape(tls)}</code>, certificate</p><p class="code">${spokenFingerprint(fingerprint)}</p>`}
</div>
<img src="invite.svg" alt="The invitation as a QR code" width="200" height="200">
</section>
${terms === null ? '' : `<section><h2>Terms</h2><p>${escape(terms)}</p></section>`}
${contact === null ? '' : `<section><h2>Contact</h2><p>${escape(contact)}</p></section>`}
</main>
<footer>Peershield ${escape(stats.version)} · <a href="stats.json">stats.json</a></footer>
</body>
</html>
`;
}

/** A shield with sound in it, as on every page of ours. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M16 2 4 6.200v9.300C4 22.600 9 27.700 16 30c7-2.300 12-7.400 12-14.500V6.200z" fill="#17413f" stroke="#6fe0cc" stroke-width="1.600"/><path d="M10.500 13.500v5M16 9v13M21.500 12v7.500" stroke="#6fe0cc" stroke-width="2.800" stroke-linecap="round"/></svg>
`;

function upFor(seconds: number): string {
  if (seconds < 5400) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const FRONT_CSS = `:root { --paper: #f1f4f3; --panel: #fff; --ink: #14201e; --soft: #51625e; --line: #dde5e2; --accent: #0a6b63; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #0d1415; --panel: #141d1e; --ink: #e4ecea; --soft: #a2b3af; --line: #253233; --accent: #5bd3bf; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 780px; margin: 0 auto; padding: 40px 20px 24px; display: grid; gap: 28px; }
h1 { margin: 0; font-size: clamp(28px, 6vw, 44px); letter-spacing: -0.02em; line-height: 1.15; overflow-wrap: anywhere; }
h2 { margin: 0 0 8px; font-size: 18px; }
p { margin: 0 0 10px; overflow-wrap: anywhere; }
a { color: var(--accent); }
code { padding: 1px 6px; border: 1px solid var(--line); border-radius: 5px; font-size: 0.92em; }
.kind { color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; margin: 0; }
.figures div { display: flex; flex-direction: column-reverse; padding: 14px 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--panel); }
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 0; font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; }
.motd { padding: 16px 20px; border-left: 4px solid var(--accent); background: var(--panel); }
.motd p { margin: 0; white-space: pre-wrap; }
.join { display: flex; flex-wrap: wrap; gap: 24px; padding: 20px; border: 1px solid var(--line); border-radius: 14px; background: var(--panel); }
.join > div { flex: 1 1 320px; min-width: 0; }
.join img { align-self: center; border-radius: 8px; background: #fff; }
.code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; color: var(--soft); }
.button { display: inline-block; padding: 10px 18px; border-radius: 9px; background: #0a6b63; color: #fff; text-decoration: none; font-weight: 600; }
footer { max-width: 780px; margin: 0 auto; padding: 0 20px 40px; color: var(--soft); font-size: 14px; }
`;
