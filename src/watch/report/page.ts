// How the report looks and moves. Plain script and style, put into the page as they stand; all text is set as text.

export const STYLE = String.raw`
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d2127;--soft:#5f6875;--line:#dfe2e6;--grid:#eceef0;--other:#d4d9df;
--c0:#2f6fdb;--c1:#d9822b;--c2:#2f9e6e;--c3:#9a6ad0;--bad:#b3261e;--hot:47,111,219;--mark:#111}
:root[data-theme=dark]{--bg:#14171b;--card:#1c2026;--ink:#e7eaee;--soft:#9aa4b1;--line:#333a43;--grid:#272d35;--other:#3d4651;
--c0:#6ea3ff;--c1:#f0a45a;--c2:#57c794;--c3:#c09bf0;--bad:#ff8a80;--hot:110,163,255;--mark:#fff}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#14171b;--card:#1c2026;--ink:#e7eaee;--soft:#9aa4b1;--line:#333a43;--grid:#272d35;--other:#3d4651;
--c0:#6ea3ff;--c1:#f0a45a;--c2:#57c794;--c3:#c09bf0;--bad:#ff8a80;--hot:110,163,255;--mark:#fff}}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
*{box-sizing:border-box}html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;background:var(--bg);color:var(--ink)}
body{margin:0}main{max-width:1180px;margin:0 auto;padding:20px 20px 60px}
h1{font-size:clamp(1.5rem,3.6vw,2.5rem);line-height:1.2;margin:.3em 0 .5em;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.15rem;margin:0 0 .2em}h3{font-size:1rem;margin:1.2em 0 .3em}
.bar{display:flex;gap:12px;align-items:center;justify-content:space-between;color:var(--soft);font-size:.85rem}
button,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 10px}
button{cursor:pointer}button:hover{border-color:var(--soft)}:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
a{color:inherit}.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;margin:16px 0}
.soft{color:var(--soft)}.small{font-size:.85rem}.num{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(125px,1fr));gap:14px}.figure b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:.85rem;margin:.2em 0 .4em}.dot{display:inline-block;width:.75em;height:.75em;border-radius:3px;margin-right:.4em;vertical-align:-1px}
svg,canvas{display:block;width:100%}svg text{font-size:11px;fill:var(--soft)}.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:6px 8px;border-bottom:1px solid var(--grid);vertical-align:top}
th{font-weight:600;color:var(--soft);white-space:nowrap}th button{border:0;padding:0;background:none;font-weight:600}tbody tr.go{cursor:pointer}tbody tr.go:hover{background:var(--grid)}
.tag{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 8px;font-size:.8rem;margin:0 4px 2px 0;white-space:nowrap}.bad{color:var(--bad);border-color:var(--bad)}
.tip{position:fixed;z-index:9;pointer-events:none;background:var(--ink);color:var(--bg);padding:5px 9px;border-radius:6px;font-size:.8rem;max-width:320px;display:none;white-space:pre-line}
.meter{display:flex;height:10px;border-radius:3px;overflow:hidden;background:var(--grid);min-width:60px}.meter i{display:block;height:100%}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:.4em 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.evidence{border-left:3px solid var(--c0);padding:2px 0 2px 12px;margin:6px 0 12px}.mono{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em}
.sess{cursor:pointer}.sess:hover rect.hit{fill:var(--grid)}.row{display:flex;gap:10px;align-items:center;flex-wrap:wrap}
@media (max-width:640px){main{padding:12px 12px 40px}.hide{display:none}.card{padding:12px;border-radius:10px}table{font-size:.83rem}th,td{padding:5px 4px}}
@media print{:root,:root[data-theme=dark]{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#e5e5e5;--other:#ccc;--c0:#2f6fdb;--c1:#d9822b;--c2:#2f9e6e;--c3:#9a6ad0;--mark:#000;--hot:47,111,219}
main{max-width:none;padding:0}.card{break-inside:avoid;border-color:#bbb}.noprint,.tip{display:none!important}tr{break-inside:avoid}}
`;

export const SCRIPT = String.raw`
'use strict';
(function () {
  var D = JSON.parse(document.getElementById('data').textContent);
  var page = document.getElementById('page');
  var names = { napster: 'Napster', gnutella: 'Gnutella', g2: 'G2', inferred: 'inferred' };
  var NS = 'http://www.w3.org/2000/svg';
  var tip = el('div', { class: 'tip', role: 'status' });
  document.body.append(tip);
  var state = { sort: 'bytes', desc: true, find: '', shown: 50, heat: 30 };

  function el(tag, attrs) {
    var node = document.createElement(tag);
    for (var k in attrs || {}) { if (attrs[k] != null) node.setAttribute(k, attrs[k]); }
    for (var i = 2; i < arguments.length; i++) if (arguments[i] != null) node.append(arguments[i]);
    return node;
  }
  function sv(tag, attrs, text) {
    var node = document.createElementNS(NS, tag);
    for (var k in attrs || {}) node.setAttribute(k, attrs[k]);
    if (text != null) node.textContent = text;
    return node;
  }
  function size(b) {
    var u = [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
    for (var i = 0; i < u.length; i++) if (b >= u[i][0]) { var v = b / u[i][0]; return (v >= 100 ? Math.round(v) : v.toFixed(1)) + ' ' + u[i][1]; }
    return Math.round(b) + ' B';
  }
  function short(t, n) { return t.length > n ? t.slice(0, n - 1) + '…' : t; }
  function two(n) { return String(n).padStart(2, '0'); }
  var long = D.to - D.from > 86400;
  function when(s, fine) {
    var d = new Date(s * 1000);
    var t = two(d.getHours()) + ':' + two(d.getMinutes()) + (fine || D.to - D.from < 900 ? ':' + two(d.getSeconds()) : '');
    return long ? d.getDate() + ' ' + d.toLocaleString('en', { month: 'short' }) + ' ' + t : t;
  }
  function hover(node, text) {
    node.addEventListener('pointermove', function (e) { show(e, typeof text === 'function' ? text(e) : text); });
    node.addEventListener('pointerleave', function () { tip.style.display = 'none'; });
  }
  function show(e, text) {
    if (!text) { tip.style.display = 'none'; return; }
    tip.textContent = text; tip.style.display = 'block';
    var w = tip.offsetWidth, x = e.clientX + 14;
    if (x + w > innerWidth - 8) x = e.clientX - w - 14;
    tip.style.left = Math.max(4, x) + 'px'; tip.style.top = Math.min(innerHeight - tip.offsetHeight - 8, e.clientY + 14) + 'px';
  }
  function sum(a) { return a.reduce(function (x, y) { return x + y; }, 0); }
  function total(h) { return sum(h.sent) + sum(h.got); }
  function color(c) { return 'var(--c' + c + ')'; }
  function card(title, note) {
    var s = el('section', { class: 'card' }, el('h2', {}, title));
    if (note) s.append(el('p', { class: 'soft small', style: 'margin:.1em 0 .7em' }, note));
    page.append(s); return s;
  }
  function legend(withOther, list) {
    list = list || D.sessions;
    var l = el('div', { class: 'legend' });
    D.classes.forEach(function (c, i) {
      if (!list.some(function (s) { return s.c === i; })) return;
      l.append(el('span', {}, el('span', { class: 'dot', style: 'background:' + color(i) }), names[c]));
    });
    if (withOther) l.append(el('span', {}, el('span', { class: 'dot', style: 'background:var(--other)' }), 'everything else'));
    return l;
  }
  function bar() {
    var theme = el('button', { class: 'noprint', type: 'button' }, 'Light / dark');
    theme.onclick = function () {
      var r = document.documentElement, dark = r.dataset.theme ? r.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
      r.dataset.theme = dark ? 'light' : 'dark'; render();
    };
    var span = new Date(D.from * 1000).toLocaleString('en-GB') + ' – ' + new Date(D.to * 1000).toLocaleString('en-GB');
    return el('div', { class: 'bar' }, el('span', {}, 'Peershield watch · ' + span), theme);
  }

  function render() {
    var y = scrollY; page.textContent = ''; page.append(bar());
    var m = /^#host=(.*)$/.exec(decodeURIComponent(location.hash)), n = m ? D.hosts.findIndex(function (h) { return h.a === m[1]; }) : -1;
    if (n >= 0) hostPage(n); else { front(); if (!m) scrollTo(0, y); }
  }

  function front() {
    page.append(el('h1', {}, D.sentence));
    var f = el('div', { class: 'figures card' });
    D.figures.forEach(function (x) { f.append(el('div', { class: 'figure' }, el('b', {}, x[1]), x[0], el('div', { class: 'soft small' }, x[2]))); });
    page.append(f);
    if (D.alerts.length) alerts(D.alerts, card('Alerts', 'What is dangerous, not only unwanted.'));
    area(card('Over time', 'Bytes a second on the wire. Move over it for figures.'));
    heat(card('Machines by time', 'The darker, the more bytes. A click opens the machine.'));
    who(card('Who with whom', 'Our machines on the left, the other end on the right; the width is the bytes.'));
    table(card('Machines'));
    var n = card('How to read this');
    D.notes.forEach(function (t) { n.append(el('p', { class: 'small', style: 'margin:.3em 0' }, t)); });
  }

  function alerts(list, box) {
    var t = el('table'), b = el('tbody');
    list.slice(0, 100).forEach(function (a) {
      var go = D.hosts.some(function (h) { return h.a === a.host; });
      var tr = el('tr', go ? { class: 'go' } : {}, el('td', { class: 'num soft' }, when(a.at, true)), el('td', {}, el('span', { class: 'tag bad' }, a.kind)), el('td', {}, a.host), el('td', {}, a.why, el('div', { class: 'soft small mono' }, a.flow)));
      if (go) tr.onclick = function () { location.hash = 'host=' + a.host; };
      b.append(tr);
    });
    t.append(b); box.append(el('div', { class: 'scroll' }, t));
    if (list.length > 100) box.append(el('p', { class: 'soft small' }, 'and ' + (list.length - 100) + ' more'));
  }

  function ticks(svg, x0, x1, y, from, to) {
    var span = to - from, steps = [1, 5, 15, 60, 300, 900, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800, 2592000], st = steps.find(function (s) { return span / s <= Math.max(2, (x1 - x0) / 95); }) || span;
    var off = new Date(from * 1000).getTimezoneOffset() * 60;
    for (var t = Math.ceil((from - off) / st) * st + off; t <= to; t += st) {
      var x = x0 + (x1 - x0) * (t - from) / Math.max(1e-9, span);
      svg.append(sv('line', { x1: x, x2: x, y1: y, y2: y + 4, stroke: 'var(--soft)' }));
      svg.append(sv('text', { x: Math.min(x1 - 4, Math.max(x0 + 10, x)), y: y + 16, 'text-anchor': 'middle' }, when(t)));
    }
  }

  function area(box) {
    box.append(legend(true));
    var W = Math.max(320, box.clientWidth - 38), H = 260, L = 64, B = 24, R = D.area.rows, n = R.length;
    var max = 1; R.forEach(function (r) { max = Math.max(max, sum(r)); });
    var svg = sv('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': 'Bytes a second over time, stacked by network' });
    for (var g = 0; g <= 3; g++) { var gy = 8 + (H - B - 8) * g / 3; svg.append(sv('line', { x1: L, x2: W, y1: gy, y2: gy, stroke: 'var(--grid)' })); svg.append(sv('text', { x: L - 6, y: gy + 4, 'text-anchor': 'end' }, size(max * (1 - g / 3)) + '/s')); }
    var X = function (i) { return n === 1 ? L + (W - L) * i : L + (W - L) * i / n; }, Y = function (v) { return H - B - (H - B - 8) * v / max; };
    // P2P at the bottom, everything else above it.
    var order = [1, 2, 3, 4, 0], base = R.map(function () { return 0; });
    order.forEach(function (k) {
      var top = base.map(function (b, i) { return b + R[i][k]; });
      if (top.every(function (v, i) { return v === base[i]; })) return;
      var d = '';
      for (var i = 0; i < n; i++) d += (i ? 'L' : 'M') + X(i).toFixed(1) + ' ' + Y(top[i]).toFixed(1) + 'L' + X(i + 1).toFixed(1) + ' ' + Y(top[i]).toFixed(1);
      for (var j = n - 1; j >= 0; j--) d += 'L' + X(j + 1).toFixed(1) + ' ' + Y(base[j]).toFixed(1) + 'L' + X(j).toFixed(1) + ' ' + Y(base[j]).toFixed(1);
      svg.append(sv('path', { d: d + 'Z', fill: k === 0 ? 'var(--other)' : color(k - 1) })); base = top;
    });
    var line = sv('line', { y1: 8, y2: H - B, stroke: 'var(--mark)', 'stroke-opacity': '.5', visibility: 'hidden' }); svg.append(line);
    ticks(svg, L, W, H - B, D.from, D.to);
    svg.addEventListener('pointermove', function (e) {
      var r = svg.getBoundingClientRect(), i = Math.floor((((e.clientX - r.left) / r.width) * W - L) / (W - L) * n);
      if (i < 0 || i >= n) { line.setAttribute('visibility', 'hidden'); show(e, ''); return; }
      line.setAttribute('x1', X(i + .5)); line.setAttribute('x2', X(i + .5)); line.setAttribute('visibility', 'visible');
      var t = when(D.from + i * D.area.seconds, true), p = sum(R[i]) - R[i][0];
      D.classes.forEach(function (c, k) { if (R[i][k + 1]) t += '\n' + names[c] + ': ' + size(R[i][k + 1]) + '/s'; });
      show(e, t + '\neverything else: ' + size(R[i][0]) + '/s\nshare: ' + (sum(R[i]) ? Math.round(100 * p / sum(R[i])) : 0) + ' %');
    });
    svg.addEventListener('pointerleave', function () { line.setAttribute('visibility', 'hidden'); tip.style.display = 'none'; });
    box.append(svg);
  }

  function heat(box) {
    var rows = D.hosts.slice(0, state.heat), W = Math.max(300, box.clientWidth - 38), L = W < 500 ? 104 : 170, rh = 18, C = D.heat.columns, cw = (W - L) / C, H = rows.length * rh + 22, max = 1;
    rows.forEach(function (h) { h.heat.forEach(function (x) { max = Math.max(max, x[1]); }); });
    var svg = sv('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'group', 'aria-label': 'Bytes of each machine by time' });
    rows.forEach(function (h, i) {
      var g = sv('g', { class: 'sess', tabindex: 0, role: 'link' }), y = i * rh;
      g.append(sv('rect', { class: 'hit', x: 0, y: y, width: W, height: rh, fill: 'transparent' }));
      g.append(sv('text', { x: L - 8, y: y + 13, 'text-anchor': 'end', style: 'fill:var(--ink)' }, h.a.length > 22 ? h.a.slice(0, 21) + '…' : h.a));
      g.append(sv('rect', { x: L, y: y + 1, width: W - L, height: rh - 2, fill: 'var(--grid)' }));
      h.heat.forEach(function (x) { g.append(sv('rect', { x: L + x[0] * cw, y: y + 1, width: Math.max(1.5, cw - .5), height: rh - 2, fill: 'rgba(var(--hot),' + (.12 + .88 * Math.sqrt(x[1] / max)).toFixed(3) + ')' })); });
      g.onclick = function () { location.hash = 'host=' + h.a; }; g.onkeydown = function (e) { if (e.key === 'Enter') g.onclick(); };
      hover(g, function (e) {
        var r = svg.getBoundingClientRect(), c = Math.floor(((e.clientX - r.left) / r.width * W - L) / cw), x = h.heat.find(function (v) { return v[0] === c; });
        return h.a + '\n' + (c < 0 ? size(total(h)) + ' in all' : when(D.heat.from + c * D.heat.seconds, true) + ': ' + (x ? size(x[1]) : 'nothing'));
      });
      svg.append(g);
    });
    ticks(svg, L, W, H - 22, D.heat.from, D.heat.from + C * D.heat.seconds); box.append(svg);
    if (D.hosts.length > state.heat) { var b = el('button', { type: 'button', class: 'noprint' }, 'Show more of ' + D.hosts.length.toLocaleString('en') + ' machines'); b.onclick = function () { state.heat += 100; render(); }; box.append(b); }
  }

  function who(box) {
    var P = D.pairs.slice(0, 60), W = Math.max(300, box.clientWidth - 38), l = {}, r = {};
    P.forEach(function (p) { l[p.from] = (l[p.from] || 0) + p.bytes; r[p.to] = (r[p.to] || 0) + p.bytes; });
    function side(o, cap) { return Object.keys(o).sort(function (a, b) { return o[b] - o[a]; }).slice(0, cap); }
    var A = side(l, 18), Z = side(r, 28);
    P = P.filter(function (p) { return A.indexOf(p.from) >= 0 && Z.indexOf(p.to) >= 0; });
    Z = Z.filter(function (a) { return P.some(function (p) { return p.to === a; }); });
    if (!P.length) { box.append(el('p', { class: 'soft' }, 'Nobody.')); return; }
    var H = Math.max(A.length, Z.length) * 19 + 12, T = W < 520 ? 100 : 160, all = sum(P.map(function (p) { return p.bytes; })) || 1, svg = sv('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'img', 'aria-label': 'Pairs of machines and their bytes' });
    function ys(list) { var o = {}; list.forEach(function (a, i) { o[a] = 6 + (H - 12) * (i + .5) / list.length; }); return o; }
    var ya = ys(A), yz = ys(Z), links = sv('g', { fill: 'none' });
    P.slice().reverse().forEach(function (p) {
      var x0 = T + 6, x1 = W - T - 6, m = (x0 + x1) / 2, path = sv('path', { d: 'M' + x0 + ' ' + ya[p.from] + 'C' + m + ' ' + ya[p.from] + ' ' + m + ' ' + yz[p.to] + ' ' + x1 + ' ' + yz[p.to], stroke: color(p.class), 'stroke-width': Math.max(1.2, 22 * Math.sqrt(p.bytes / all)).toFixed(1), 'stroke-opacity': '.45' });
      hover(path, p.from + ' – ' + p.to + '\n' + names[D.classes[p.class]] + ', ' + size(p.bytes));
      path.addEventListener('pointerenter', function () { path.setAttribute('stroke-opacity', '.95'); }); path.addEventListener('pointerleave', function () { path.setAttribute('stroke-opacity', '.45'); });
      links.append(path);
    });
    svg.append(links);
    A.forEach(function (a) { var t = sv('text', { x: T, y: ya[a] + 4, 'text-anchor': 'end', style: 'cursor:pointer;fill:var(--ink)' }, a.length > 24 ? a.slice(0, 23) + '…' : a); t.onclick = function () { location.hash = 'host=' + a; }; svg.append(t); });
    Z.forEach(function (a) { svg.append(sv('text', { x: W - T, y: yz[a] + 4 }, a.length > 24 ? a.slice(0, 23) + '…' : a)); });
    box.append(legend(false), svg);
    if (D.pairs.length > P.length) box.append(el('p', { class: 'soft small' }, 'The largest ' + P.length + ' pairs.'));
  }

  function meter(h) {
    var m = el('div', { class: 'meter' }), max = total(D.hosts[0]) || 1;
    h.sent.forEach(function (b, i) { var w = 100 * (b + h.got[i]) / max; if (w > 0) m.append(el('i', { style: 'width:' + w + '%;background:' + color(i) })); });
    return m;
  }
  function table(box) {
    var find = el('input', { type: 'search', placeholder: 'Find an address, program or nick', 'aria-label': 'Find a machine', class: 'noprint', style: 'width:min(320px,100%)' }), holder = el('div', { class: 'scroll' });
    find.value = state.find;
    find.oninput = function () { state.find = find.value; state.shown = 50; fill(); };
    box.append(find, holder); fill();
    function fill() {
      holder.textContent = '';
      var q = state.find.toLowerCase(), rows = D.hosts.filter(function (h) { return !q || (h.a + ' ' + h.programs.join(' ') + ' ' + h.nicks.join(' ') + ' ' + h.roles.join(' ')).toLowerCase().indexOf(q) >= 0; });
      var keys = { bytes: total, address: function (h) { return h.a; }, sent: function (h) { return sum(h.sent); }, received: function (h) { return sum(h.got); }, peers: function (h) { return h.peers; }, alerts: function (h) { return h.alerts; } };
      var k = keys[state.sort]; rows.sort(function (a, b) { var x = k(a), y = k(b), o = x < y ? -1 : x > y ? 1 : 0; return state.desc ? -o : o; });
      var head = el('tr');
      [['address', 'Machine'], ['bytes', 'Bytes'], ['sent', 'Sent'], ['received', 'Received'], ['peers', 'Peers'], ['alerts', 'Alerts']].forEach(function (c) {
        var b = el('button', { type: 'button' }, c[1] + (state.sort === c[0] ? (state.desc ? ' ↓' : ' ↑') : '')); b.onclick = function () { if (state.sort === c[0]) state.desc = !state.desc; else { state.sort = c[0]; state.desc = c[0] !== 'address'; } fill(); };
        head.append(el('th', { class: (c[0] === 'sent' || c[0] === 'received' ? 'hide ' : '') + (c[0] === 'address' ? '' : 'num') }, b));
      });
      head.append(el('th', { class: 'hide' }, 'What it is'));
      var body = el('tbody');
      rows.slice(0, state.shown).forEach(function (h) {
        var tr = el('tr', { class: 'go' }, el('td', {}, el('a', { href: '#host=' + h.a }, h.a), meter(h)), el('td', { class: 'num' }, size(total(h))), el('td', { class: 'num hide' }, size(sum(h.sent))), el('td', { class: 'num hide' }, size(sum(h.got))), el('td', { class: 'num' }, h.peers), el('td', { class: 'num' + (h.alerts ? ' bad' : '') }, h.alerts || ''));
        var what = el('td', { class: 'hide' }); h.roles.concat(h.programs.slice(0, 2)).forEach(function (r) { what.append(el('span', { class: 'tag' }, r)); }); tr.append(what);
        tr.onclick = function () { location.hash = 'host=' + h.a; }; body.append(tr);
      });
      holder.append(el('table', {}, el('thead', {}, head), body));
      if (rows.length > state.shown) { var b = el('button', { type: 'button', class: 'noprint' }, 'Show more (' + (rows.length - state.shown).toLocaleString('en') + ')'); b.onclick = function () { state.shown += 200; fill(); }; holder.append(b); }
      if (!rows.length) holder.append(el('p', { class: 'soft' }, 'No machine fits.'));
    }
  }

  var marks = { login: '◆', search: '○', browse: '▤', share: '·', request: '▸', result: '', chat: '', transfer: '▶', push: '◁' };
  function hostPage(n) {
    var h = D.hosts[n], back = el('button', { type: 'button', class: 'noprint' }, '← All machines'); back.onclick = function () { location.hash = ''; };
    page.append(el('p', {}, back), el('h1', {}, h.a));
    var f = el('div', { class: 'figures card' });
    [[size(total(h)), 'recognised'], [size(sum(h.sent)), 'sent'], [size(sum(h.got)), 'received'], [h.peers, 'other ends'], [h.flows, 'flows']].forEach(function (x) { f.append(el('div', { class: 'figure' }, el('b', {}, String(x[0])), x[1])); });
    page.append(f);
    var about = el('section', { class: 'card' }), dl = el('dl', {}, el('dt', {}, 'Seen'), el('dd', {}, when(h.first, true) + ' – ' + when(h.last, true)), el('dt', {}, 'Is'), el('dd', {}, h.roles.join(', ')));
    if (h.programs.length) dl.append(el('dt', {}, 'Programs'), el('dd', {}, h.programs.join(', '))); if (h.nicks.length) dl.append(el('dt', {}, 'Nicks'), el('dd', {}, h.nicks.join(', ')));
    about.append(dl); page.append(about);
    var al = D.alerts.filter(function (a) { return a.host === h.a; }); if (al.length) alerts(al, card('Alerts'));
    var S = D.sessions.filter(function (s) { return s.h[0] === n || s.h[1] === n; }).sort(function (a, b) { return a.t[0] - b.t[0]; });
    var box = card('Sessions', '◆ login  ○ search  ▤ browse  ▸ request  ▶ transfer  ◁ push. The bar is the conversation, its height the bytes; a click shows the evidence.');
    var W = Math.max(300, box.clientWidth - 38), L = W < 500 ? 112 : 210, rh = 24, shown = S.slice(0, 150), H = shown.length * rh + 24, t0 = Math.min.apply(0, shown.map(function (s) { return s.t[0]; })), t1 = Math.max.apply(0, shown.map(function (s) { return s.t[1]; })), max = Math.max.apply(0, shown.map(function (s) { return s.b; }));
    if (t1 - t0 < 10) t1 = t0 + 10;
    var svg = sv('svg', { viewBox: '0 0 ' + W + ' ' + H, role: 'group', 'aria-label': 'Sessions of this machine' }), out = el('div');
    shown.forEach(function (s, i) {
      var g = sv('g', { class: 'sess', tabindex: 0, role: 'button' }), y = i * rh, X = function (t) { return L + (W - L - 6) * (t - t0) / (t1 - t0); }, bh = 4 + 14 * Math.sqrt(s.b / max), other = s.h[0] === n ? '→ ' + s.d : '← ' + s.s;
      g.append(sv('rect', { class: 'hit', x: 0, y: y, width: W, height: rh, fill: 'transparent' }));
      g.append(sv('text', { x: L - 8, y: y + 16, 'text-anchor': 'end', style: 'fill:var(--ink)' }, short(s.role + ' ' + other, W < 500 ? 17 : 34)));
      g.append(sv('rect', { x: X(s.t[0]), y: y + rh / 2 - bh / 2, width: Math.max(3, X(s.t[1]) - X(s.t[0])), height: bh, rx: 2, fill: color(s.c), 'fill-opacity': '.55' }));
      var lastX = -99;
      s.steps.forEach(function (st) { var m = marks[st[1]], x = X(st[0]); if (!m || (x - lastX < 7 && st[1] !== 'login')) return; lastX = x; g.append(sv('text', { x: x, y: y + 16, 'text-anchor': 'middle', style: 'fill:var(--mark)' }, m)); });
      g.onclick = function () { evidence(s, out); }; g.onkeydown = function (e) { if (e.key === 'Enter') g.onclick(); };
      hover(g, names[D.classes[s.c]] + ' ' + s.role + ', ' + size(s.b) + '\n' + s.s + ' → ' + s.d + '\n' + when(D.from + s.t[0] / 10, true) + ' – ' + when(D.from + s.t[1] / 10, true));
      svg.append(g);
    });
    if (shown.length) ticks(svg, L, W - 6, H - 24, D.from + t0 / 10, D.from + t1 / 10);
    box.append(legend(false, S), svg, out);
    if (S.length > shown.length) box.append(el('p', { class: 'soft small' }, 'The first 150 of ' + S.length.toLocaleString('en') + ' sessions.'));
    scrollTo(0, 0);
  }
  function evidence(s, out) {
    out.textContent = '';
    var dl = el('dl', {}), add = function (k, v) { if (v) dl.append(el('dt', {}, k), el('dd', {}, v)); }, count = {};
    s.steps.forEach(function (x) { count[x[1]] = (count[x[1]] || 0) + 1; });
    add('Verdict', names[s.app] + ', ' + s.role + (D.classes[s.c] === 'inferred' ? ' (inferred)' : ' (seen)')); add('Because', s.why);
    add('Ends', s.s + ' → ' + s.d + ' (' + s.p + ')'); add('Bytes', size(s.b) + ' in ' + s.n + ' packets: ' + size(s.up) + ' there, ' + size(s.b - s.up) + ' back');
    add('Time', when(D.from + s.t[0] / 10, true) + ' – ' + when(D.from + s.t[1] / 10, true));
    if (s.programs) add('Programs', s.programs.filter(Boolean).join(' – ')); if (s.nicks) add('Nicks', s.nicks.filter(Boolean).join(' – '));
    add('Steps', Object.keys(count).map(function (k) { return count[k] + ' × ' + k; }).join(', ') + (s.more ? ', and ' + s.more + ' more' : ''));
    add('Flow id', s.id);
    var box = el('div', { class: 'evidence' }, el('h3', { style: 'margin-top:.2em' }, 'Evidence'), dl), named = s.steps.filter(function (x) { return x[2]; });
    if (named.length) { var ul = el('ul', { class: 'small' }); named.slice(0, 100).forEach(function (x) { ul.append(el('li', {}, when(D.from + x[0] / 10, true) + ' ' + x[1] + ': ' + x[2])); }); box.append(ul); }
    out.append(box); out.scrollIntoView({ block: 'nearest' });
  }
  addEventListener('hashchange', render);
  var wide = innerWidth, timer = 0;
  addEventListener('resize', function () { if (innerWidth === wide) return; wide = innerWidth; clearTimeout(timer); timer = setTimeout(render, 150); });
  render();
})();
`;
