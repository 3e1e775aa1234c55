// The chart of docs/benchmark.md: small multiples, one per measure, drawn from the numbers alone. Its colours follow the
// reader's light or dark setting.

import { names } from './measure.mjs';

const [width, columns] = [860, 2];
const panel = { width: 410, height: 136, gap: 20 };
const [barStart, barLength] = [162, 180];
const top = 74;

const escapeText = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Three bars, one per library; the longest fills the width. */
function drawPanel({ title, hint, bars }, index) {
  const x = 10 + (index % columns) * (panel.width + panel.gap);
  const y = top + Math.floor(index / columns) * (panel.height + panel.gap);
  const longest = Math.max(...bars.map(({ value }) => value));
  const rows = bars.map(({ value, label }, row) => {
    const length = Math.max(2, Math.round((value / longest) * barLength));
    const rowY = 46 + row * 28;
    const kind = row === 0 ? 'ours' : 'other';
    return [
      `<text class="name ${kind}" x="${barStart - 10}" y="${rowY + 14}" text-anchor="end">${names[row]}</text>`,
      `<rect class="${kind}" x="${barStart}" y="${rowY}" width="${length}" height="19" rx="3"/>`,
      `<text class="value" x="${barStart + 6 + length}" y="${rowY + 14}">${escapeText(label)}</text>`,
    ].join('');
  });
  return [
    `<g transform="translate(${x} ${y})">`,
    `<text class="title" x="16" y="20">${escapeText(title)}</text>`,
    `<text class="hint" x="${panel.width - 16}" y="20" text-anchor="end">${hint}</text>`,
    ...rows,
    '</g>',
  ].join('\n');
}

/** The same in words, for those who hear it. */
function describe(panels) {
  const sentence = ({ title, hint, bars }) =>
    `${title} (${hint}): ${bars.map(({ label }, index) => `${names[index]} ${label}`).join(', ')}.`;
  return panels.map(sentence).join(' ');
}

export function drawChart(panels, note) {
  const rows = Math.ceil(panels.length / columns);
  const height = top + rows * (panel.height + panel.gap) + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">momo-collections beside mtn-momo and mtn-momo-client</title>
<desc id="desc">${escapeText(describe(panels))}</desc>
<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2933; }
.head { font-size: 19px; font-weight: 650; }
.title { font-weight: 600; }
.hint, .note { font-size: 12px; fill: #5b6773; }
.name.other { fill: #5b6773; }
.name.ours { font-weight: 600; }
.page { fill: #fff; }
rect.ours { fill: #0b7a4b; }
rect.other { fill: #a9b4bf; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.hint, .note, .name.other { fill: #9aa7b4; }
.page { fill: #0d1117; }
rect.ours { fill: #3fb97c; }
rect.other { fill: #5a6673; }
}
</style>
<rect class="page" width="${width}" height="${height}" rx="8"/>
<text class="head" x="26" y="34">Three libraries for MTN MoMo Collections</text>
<text class="note" x="26" y="55">${escapeText(note)}</text>
${panels.map(drawPanel).join('\n')}
</svg>
`;
}
