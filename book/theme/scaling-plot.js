// @ts-check
// <sb-scaling-plot>: what one event costs select, poll and epoll, against the
// number of descriptors that are watched and idle; and the reader's own
// figures beside the recorded ones, read from a file and sent nowhere.
// Recorded by `cargo run --release -p lesson-multiplexing -- scaling --json FILE`.
(() => {
  'use strict';
  const { make, panel, choose, element, keys } = sbStepper;
  /** Nanoseconds for an event, while `idle` more are watched. @typedef {{with: string, mode?: string | null, place: string, idle: number, ns: number}} Row */
  /** @typedef {{machine?: Record<string, unknown>, rows: Row[]}} Measured */

  const NAMES = ['select', 'poll', 'epoll level', 'epoll edge'], LIMIT = 1024;
  // One shape each, for whom hues say little; around 0, 0.
  const SHAPES = ['M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z', 'M0 -5L4.8 3.5H-4.8Z', 'M-3.8 -3.8H3.8V3.8H-3.8Z', 'M0 -5.2L5.2 0L0 5.2L-5.2 0Z'];
  const COMMAND = 'cargo run --release -p lesson-multiplexing -- scaling --json mine.json';
  const name = (/** @type {Row} */ r) => r.mode ? `${r.with} ${r.mode}` : r.with === 'epoll' ? 'epoll level' : r.with;
  const count = (/** @type {number} */ n) => n.toLocaleString('en');
  /** Three digits, in the unit that suits them. @param {number} ns */
  const time = ns => {
    const k = ns < 999.5 ? 0 : ns < 999500 ? 1 : 2, v = ns / 1000 ** k;
    return `${v.toFixed(!k || v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2)} ${['ns', 'µs', 'ms'][k]}`;
  };
  const machine = (/** @type {Measured} */ m) => Object.entries(m.machine || {}).filter(([, v]) => /^(string|number)$/.test(typeof v)).map(([k, v]) => k === 'kernel' ? `Linux ${`${v}`.split('-')[0]}` : /^cpus?$/.test(k) ? `${v} CPU${v === 1 ? '' : 's'}` : k === 'build' ? `${v} build` : `${v}`).join(', ').slice(0, 90);

  /** What a file holds; throws what is wrong with it. @param {string} text @returns {Measured} */
  const parse = text => {
    let data;
    try { data = JSON.parse(text); } catch { throw Error('is not JSON'); }
    const number = (/** @type {unknown} */ n) => typeof n === 'number' && n > 0 && n < 1e12, rows = data?.rows;
    if (!Array.isArray(rows)) throw Error('has no rows');
    const bad = rows.findIndex(r => typeof r?.with !== 'string' || typeof r.place !== 'string' || !number(r.idle) || !number(r.ns));
    if (bad >= 0) throw Error(`has a row ${bad + 1} without “with”, “place”, “idle” or “ns”`);
    if (!rows.some(r => NAMES.includes(name(r)))) throw Error('has no figures of select, poll or epoll');
    return data;
  };

  const BODY = '<div class=sc><div class=sc-plot></div><table class=sc-table><thead><tr><th scope=col>time for one event<th scope=col>recorded<th scope=col class=sc-mine>yours</thead><tbody></table></div>';
  const CONTROLS = `<div class=sp-ctl><button class=sp-back aria-label="Fewer descriptors">‹</button><input type=range min=0 class=sp-range aria-label="Idle descriptors"><button class=sp-on aria-label="More descriptors">›</button><span class=sp-step></span></div>
<div class=sc-own><p><b>Your own figures.</b> Run <code class=nohighlight>${COMMAND}</code> and load the file. It stays on this page.</p><button class=sc-load>Load a file…</button><button class=sc-drop hidden>Remove mine</button><input type=file accept=".json,application/json" hidden></div>`;

  /** @param {HTMLElement} host @param {Measured[]} recordings */
  const start = (host, [recorded]) => {
    const root = make('div', 'sp sc-root');
    root.innerHTML = panel('', BODY, CONTROLS);
    const part = (/** @type {string} */ what) => /** @type {HTMLInputElement} */ (root.querySelector(`.sc-${what}, .sp-${what}`));
    const range = part('range'), plot = part('plot'), file = /** @type {HTMLInputElement} */ (root.querySelector('[type=file]')), places = [...new Set(recorded.rows.map(r => r.place))];
    /** @type {Measured | null} */ let mine = null;
    let place = places[places.length - 1], from = '', told = '';

    const all = () => [...recorded.rows, ...mine?.rows || []];
    const idles = () => [...new Set(all().map(r => r.idle))].sort((a, b) => a - b);
    const line = (/** @type {Measured | null} */ of, /** @type {string} */ what) => (of?.rows || []).filter(r => r.place === place && name(r) === what).sort((a, b) => a.idle - b.idle);
    const value = (/** @type {Measured | null} */ of, /** @type {string} */ what, /** @type {number} */ idle) => line(of, what).find(r => r.idle === idle)?.ns;
    const say = (/** @type {string} */ text, mood = '') => {
      part('say').textContent = text;
      part('say').className = 'sp-say ' + mood;
    };

    // Both axes are logarithmic: equal steps multiply by the same number.
    const scales = () => {
      const width = Math.max(260, plot.clientWidth), height = Math.round(Math.min(350, Math.max(240, width * .5))), log = Math.log10;
      const left = 52, right = width - 14, top = 12, bottom = height - 40, xs = idles(), ns = all().map(r => r.ns);
      const x0 = log(xs[0]), x1 = log(xs[xs.length - 1]), y0 = Math.floor(log(Math.min(...ns))), y1 = Math.max(y0 + 1, Math.ceil(log(Math.max(...ns))));
      return { width, height, left, right, top, bottom, xs, y0, y1,
        x: (/** @type {number} */ n) => left + 10 + (right - left - 20) * (x1 > x0 ? (log(n) - x0) / (x1 - x0) : .5),
        y: (/** @type {number} */ n) => bottom - (bottom - top) * (log(n) - y0) / (y1 - y0) };
    };

    const curves = (/** @type {Measured | null} */ of, /** @type {string} */ look, /** @type {ReturnType<typeof scales>} */ { x, y }) => NAMES.map((what, i) => {
      const points = line(of, what);
      return points.length ? `<g class="sc-line s${i} ${look}"><path d="M${points.map(r => `${x(r.idle).toFixed(1)} ${y(r.ns).toFixed(1)}`).join('L')}"/>${points.map(r => `<path class="sc-dot${r.idle === idles()[+range.value] ? ' now' : ''}" d="${SHAPES[i]}" transform="translate(${x(r.idle).toFixed(1)} ${y(r.ns).toFixed(1)})"/>`).join('')}</g>` : '';
    }).join('');

    const draw = () => {
      const to = scales(), { width, height, left, right, top, bottom, xs, y0, y1, x, y } = to, at = xs[+range.value], ends = xs[0] < LIMIT && xs[xs.length - 1] > LIMIT;
      let grid = '';
      for (let e = y0; e <= y1; e++) grid += `<path d="M${left} ${y(10 ** e)}H${right}"/><text x=${left - 7} y=${y(10 ** e) + 4} class=sc-y>${time(10 ** e).replace('.00', '').replace('.0', '')}</text>`;
      for (let n = 10 ** Math.ceil(Math.log10(xs[0])); n <= xs[xs.length - 1]; n *= 10) grid += `<path d="M${x(n)} ${top}V${bottom}"/><text x=${x(n)} y=${bottom + 16}>${count(n)}</text>`;
      plot.innerHTML = `<svg width=${width} height=${height} role=img aria-label="The time for one event against the number of idle descriptors, both logarithmic. The slider reads it."><g class=sc-grid>${grid}<text x=${(left + right) / 2} y=${height - 5}>descriptors watched, and idle</text></g>
${ends ? `<g class=sc-limit><path d="M${x(LIMIT)} ${top}V${bottom}"/><text x=${x(LIMIT) + (x(LIMIT) > right - 130 ? -5 : 5)} y=${top + 12} text-anchor=${x(LIMIT) > right - 130 ? 'end' : 'start'}>select ends at ${count(LIMIT)}</text></g>` : ''}<path class=sc-at d="M${x(at)} ${top}V${bottom}"/>${curves(recorded, '', to)}${curves(mine, 'mine', to)}</svg>`;
    };

    const show = () => {
      const xs = idles(), at = xs[+range.value], is = NAMES.map(what => [value(recorded, what, at), value(mine, what, at)]);
      range.max = `${xs.length - 1}`;
      part('step').textContent = `${count(at)} idle`;
      part('table tbody').replaceChildren(...NAMES.map((what, i) => {
        const row = make('tr', `s${i}`), head = make('th', '', what);
        head.insertAdjacentHTML('afterbegin', `<svg width=12 height=12 viewBox="-6 -6 12 12" aria-hidden=true><path class=sc-dot d="${SHAPES[i]}"/></svg>`);
        head.setAttribute('scope', 'row');
        row.append(head, ...is[i].slice(0, mine ? 2 : 1).map(ns => make('td', '', ns ? time(ns) : '–')));
        return row;
      }));
      root.classList.toggle('has-mine', !!mine);
      const times = (/** @type {number} */ k) => {
        const [poll, epoll] = [is[1][k], is[2][k] || is[3][k]];
        if (!poll || !epoll) return '';
        const n = poll / epoll, unit = 10 ** (Math.floor(Math.log10(n)) - 1);
        return `${n < 10 ? n.toFixed(1) : count(Math.round(n / unit) * unit)} times`;
      };
      range.ariaValueText = `${count(at)} idle descriptors: ${NAMES.flatMap((what, i) => is[i].flatMap((ns, k) => ns ? [`${k ? 'your ' : ''}${what} ${time(ns)}`] : [])).join(', ')}`;
      told = times(0) ? `Beside ${count(at)} idle descriptors, an event costs poll ${times(0)} what it costs epoll${times(1) ? `; on your machine ${times(1)}` : ''}.` : '';
      say(told);
      draw();
    };

    const go = (/** @type {number} */ d) => { range.value = `${+range.value + d}`; show(); };
    /** @param {Measured | null} now */
    const take = now => {
      const at = idles()[+range.value];
      mine = now;
      const xs = idles();
      range.max = `${xs.length - 1}`;
      range.value = `${Math.max(0, xs.findIndex(n => n >= at))}`;
      part('drop').hidden = !mine;
      part('load').textContent = mine ? 'Load another…' : 'Load a file…';
      show();
    };
    file.onchange = async () => {
      const [chosen] = file.files || [];
      if (!chosen) return;
      from = chosen.name;
      try {
        if (chosen.size > 1e6) throw Error('is larger than 1 MB');
        const now = parse(await chosen.text()), on = machine(now);
        take(now);
        say(`${from} is drawn in dashes${on ? `: ${on}` : ''}. ${told}`, 'ok');
      } catch (why) {
        say(`${from} ${/** @type {Error} */ (why).message}. Load what “scaling --json” wrote. ${mine ? 'Your figures from before are kept.' : 'The plot is as it was.'}`, 'no');
      }
      // The same file, mended, may be chosen again.
      file.value = '';
    };
    part('load').onclick = () => file.click();
    part('drop').onclick = () => { take(null); part('load').focus(); };
    range.oninput = show;
    part('back').onclick = () => go(-1);
    part('on').onclick = () => go(1);
    keys(root, go);
    plot.onpointermove = plot.onpointerdown = e => {
      const { xs, x } = scales(), at = e.clientX - plot.getBoundingClientRect().left;
      const near = xs.reduce((best, n, i) => Math.abs(x(n) - at) < Math.abs(x(xs[best]) - at) ? i : best, 0);
      if (+range.value !== near) { range.value = `${near}`; show(); }
    };
    part('ask').remove();
    part('rule').children[0].append(make('strong', '', 'The time for one event'), ' ', make('span', '', machine(recorded)));
    choose(part('head'), places.map(p => ({ demo: p, label: `the ${p} one is ready` })).reverse(), run => { place = run.demo; show(); });
    part('head').ariaLabel = 'Which descriptor is ready';
    host.append(root);
    range.max = `${idles().length - 1}`;
    range.value = range.max;
    show();
    new ResizeObserver(draw).observe(plot);
  };

  element('scaling-plot', start);
})();
