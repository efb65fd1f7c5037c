// @ts-check
// <sb-descriptor-tables>: the descriptor tables of two processes, the kernel's
// objects that they lead to, and a message that holds one on its way.
// Recorded by `cargo run -p lesson-unix-sockets -- pass-descriptor --json`.
(() => {
  'use strict';
  const { make, define, options, mark, capital } = sbStepper;
  /** @typedef {{fd: number, object: string}} Slot */
  /** What was called, and the tables after it. @typedef {{who: string, call: string, note: string, tables: Record<string, Slot[]>, in_flight: string[]}} Step */
  /** @typedef {{demo: string, title: string, processes: string[], objects: {id: string, what: string}[], steps: Step[]}} Recorded */
  /** @typedef {SbRun & {rec: Recorded}} Run */

  const WIDTH = 360, SLOT = 46, LEFT = 100, BOX = 160, TOP = 34, ROW = 30;
  const svg = (/** @type {string} */ tag, /** @type {Record<string, string | number>} */ props, text = '') => {
    const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in props) el.setAttribute(name, `${props[name]}`);
    el.textContent = text;
    return el;
  };
  const sentence = (/** @type {string} */ text) => text.replace(/([^.])$/, '$1.');
  const count = (/** @type {number} */ n, /** @type {string} */ what) => `${n} ${what}${n === 1 ? '' : 's'}`;
  /** Lines of a text, none longer than the box is wide. @param {string} text */
  const wrap = text => text.split(' ').reduce((/** @type {string[]} */ lines, word) => {
    const last = lines.length - 1;
    if (lines.length && lines[last].length + word.length < 24) lines[last] += ' ' + word;
    else lines.push(word);
    return lines;
  }, []);

  /** @param {Recorded[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.map(rec => ({
    demo: rec.demo, title: rec.title, hosts: [], rec,
    steps: rec.steps.map(s => ({ kind: 'call', host: s.who, call: s.call, why: `${capital(s.who)}: ${s.call}. ${sentence(s.note)}` })),
  }));

  define('descriptor-tables', 'Ask me', '<div class=dt><div class=dt-map></div><div class=dt-side><small>The calls</small><ol class=dt-log tabindex=0 aria-label="The calls"></ol></div></div>', root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.dt-' + name));
    /** @type {Recorded} */ let rec;
    /** The numbers shown of each process, free ones too. @type {number[][]} */ let rows;

    const slots = (/** @type {number} */ at, /** @type {string} */ name) => (at > 0 && rec.steps[at - 1].tables[name]) || [];
    const flying = (/** @type {number} */ at) => at > 0 ? rec.steps[at - 1].in_flight || [] : [];
    const what = (/** @type {string} */ id) => rec.objects.find(o => o.id === id)?.what || id;
    /** What holds an object: descriptors, and messages. @param {number} at @param {string} id */
    const holders = (at, id) => ({
      fds: rec.processes.flatMap(name => slots(at, name).filter(s => s.object === id)).length,
      messages: flying(at).filter(f => f === id).length,
    });
    const held = (/** @type {number} */ at, /** @type {string} */ id) => { const { fds, messages } = holders(at, id); return fds + messages; };
    const known = (/** @type {number} */ at, /** @type {string} */ id) => rec.steps.slice(0, at).some((_, k) => held(k + 1, id));

    const load = (/** @type {SbRun} */ chosen) => {
      rec = /** @type {Run} */ (chosen).rec;
      rows = rec.processes.map(name => {
        const used = rec.steps.flatMap((_, k) => slots(k + 1, name).map(s => s.fd)), low = Math.min(...used), span = Math.max(...used) - low + 1;
        return span > 12 ? [...new Set(used)].sort((a, b) => a - b) : Array.from({ length: span }, (_, i) => low + i);
      });
      part('log').replaceChildren(...rec.steps.map(s => make('li', rec.processes.includes(s.who) ? `h${rec.processes.indexOf(s.who)}` : '', make('b', '', s.who), make('code', 'nohighlight', s.call))));
    };

    const map = (/** @type {number} */ at) => {
      const figure = svg('svg', { role: 'img' }), lines = svg('g', {}), boxes = svg('g', {}), last = rec.steps[at - 1];
      const sails = rec.steps.some(s => s.in_flight?.length), head = sails ? TOP + 52 : TOP;
      let end = head;
      /** @type {Map<string, {y: number, height: number}>} */
      const at_ = new Map();
      for (const { id } of rec.objects) {
        const height = 15 * wrap(what(id)).length + 27;
        at_.set(id, { y: end, height });
        end += height + 12;
      }
      const bottom = Math.max(end, ...rows.map(r => head + r.length * ROW + 6));
      const told = [];
      figure.append(svg('rect', { class: 'dt-kernel', x: LEFT - 12, y: 4, width: BOX + 24, height: bottom - 2, rx: 10 }), lines, boxes);
      boxes.append(svg('text', { x: WIDTH / 2, y: 22, class: 'dt-title' }, 'the kernel'));

      for (const { id } of rec.objects) {
        if (!known(at, id)) continue;
        const { y, height } = /** @type {{y: number, height: number}} */ (at_.get(id)), { fds, messages } = holders(at, id), gone = !(fds + messages), was = held(at - 1, id);
        const g = svg('g', { class: `dt-object${gone ? ' gone' : ''}${was !== fds + messages ? ' now' : ''}` });
        g.append(svg('rect', { x: LEFT, y, width: BOX, height, rx: 8 }));
        wrap(what(id)).forEach((line, i) => g.append(svg('text', { x: WIDTH / 2, y: y + 18 + 15 * i }, line)));
        const by = gone ? '✗ gone' : [fds && count(fds, 'descriptor'), messages && count(messages, 'message')].filter(Boolean).join(' + ');
        g.append(svg('text', { x: WIDTH / 2, y: y + height - 8, class: 'dt-held' }, by));
        boxes.append(g);
        told.push(`${what(id)}: ${gone ? 'gone' : `held by ${by}`}`);
      }

      rec.processes.forEach((name, p) => {
        const x = p ? WIDTH - 3 - SLOT : 3, edge = p ? x : x + SLOT, side = p ? LEFT + BOX : LEFT, mine = slots(at, name), before = slots(at - 1, name);
        boxes.append(svg('text', { x: x + SLOT / 2, y: 22, class: `dt-title h${p}` }, name));
        boxes.append(svg('text', { x: x + SLOT / 2, y: head - 12, class: 'dt-sub' }, 'descriptors'));
        rows[p].forEach((fd, i) => {
          const slot = mine.find(s => s.fd === fd), y = head + i * ROW, same = before.find(s => s.fd === fd)?.object === slot?.object;
          const g = svg('g', { class: `dt-slot h${p}${slot ? '' : ' free'}${same ? '' : ' now'}` });
          g.append(svg('rect', { x, y, width: SLOT, height: 24, rx: 6 }), svg('text', { x: x + SLOT / 2, y: y + 17 }, `${fd}`));
          boxes.append(g);
          const to = slot && at_.get(slot.object);
          if (!to) return;
          // Several arrows to one object end side by side.
          const all = mine.filter(s => s.object === slot.object), place = to.y + to.height * (all.indexOf(slot) + 1) / (all.length + 1), bend = (edge + side) / 2;
          const tip = p ? 1 : -1, from = y + 12;
          const arrow = svg('g', { class: `dt-arrow h${p}${same ? '' : ' now'}` });
          arrow.append(svg('path', { d: `M${edge} ${from}C${bend} ${from} ${bend} ${place} ${side + 6 * tip} ${place}` }), svg('path', { class: 'dt-tip', d: `M${side} ${place}l${9 * tip} -4.5v9Z` }), svg('circle', { cx: edge, cy: from, r: 3 }));
          lines.append(arrow);
          told.push(`${name} ${fd} leads to ${what(slot.object)}`);
        });
      });

      const aboard = flying(at);
      if (sails) {
        const g = svg('g', { class: `dt-message${aboard.length ? '' : ' none'}${aboard.join() === flying(at - 1).join() ? '' : ' now'}` });
        g.append(svg('rect', { x: LEFT + 10, y: TOP, width: BOX - 20, height: 26, rx: 4 }));
        if (aboard.length) g.append(svg('path', { d: `M${LEFT + 10} ${TOP + 2}L${LEFT + 24} ${TOP + 14}L${LEFT + 10} ${TOP + 24}` }));
        g.append(svg('text', { x: WIDTH / 2 + (aboard.length ? 5 : 0), y: TOP + 17 }, aboard.length ? 'message in flight' : 'no message'));
        boxes.append(g);
        for (const id of aboard) {
          const to = at_.get(id);
          if (!to) continue;
          const first = to.y === head, x = LEFT + BOX - 30, arrow = svg('g', { class: 'dt-arrow dt-carry now' });
          arrow.append(svg('path', { d: first ? `M${x} ${TOP + 26}V${to.y - 8}` : `M${LEFT + BOX - 10} ${TOP + 13}C${LEFT + BOX + 14} ${TOP + 13} ${LEFT + BOX + 14} ${to.y + 14} ${LEFT + BOX + 6} ${to.y + 14}` }),
            svg('path', { class: 'dt-tip', d: first ? `M${x} ${to.y}l-4.5 -9h9Z` : `M${LEFT + BOX} ${to.y + 14}l9 -4.5v9Z` }));
          lines.append(arrow);
          told.push(`a message in flight holds ${what(id)}`);
        }
      }
      // Who has no table here calls from outside.
      const outside = (/** @type {Step} */ s) => !rec.processes.includes(s.who), room = rec.steps.some(outside) ? 44 : 0;
      if (last && outside(last)) {
        const g = svg('g', { class: 'dt-outside' }), y = bottom + 22;
        g.append(svg('rect', { x: LEFT + 14, y, width: BOX - 28, height: 24, rx: 12 }), svg('text', { x: WIDTH / 2, y: y + 16 }, `${last.who}: ${last.call}`),
          svg('path', { d: `M${WIDTH / 2} ${y}V${bottom + 8}` }), svg('path', { class: 'dt-tip', d: `M${WIDTH / 2} ${bottom + 1}l-4.5 9h9Z` }));
        boxes.append(g);
      }
      figure.setAttribute('viewBox', `0 0 ${WIDTH} ${bottom + room + 6}`);
      figure.setAttribute('aria-label', `${last ? `After ${last.call} in ${last.who}` : 'Before the first call'}: ${told.join('; ') || 'nothing yet'}.`);
      return figure;
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      part('map').replaceChildren(map(open ? at - 1 : at));
      mark(part('log'), at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const { who, call, note } = rec.steps[at - 1], now = slots(at, who), was = slots(at - 1, who);
      const ask = (/** @type {string} */ text, /** @type {string[]} */ shown, /** @type {string} */ right) => ({
        text, controls: options(shown, right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${sentence(note)}`),
      });
      const got = now.find(s => !was.some(b => b.fd === s.fd)), lost = was.find(s => !now.some(n => n.fd === s.fd));
      const boards = flying(at).find(id => !flying(at - 1).includes(id));
      if (boards) return ask(`${capital(who)} calls ${call}. How many references hold ${what(boards)} then?`, ['0', '1', '2', '3'], `${held(at, boards)}`);
      if (got) {
        const numbers = new Set([got.fd, got.fd + 1, ...rec.processes.flatMap(name => slots(at, name).filter(s => s.object === got.object).map(s => s.fd)), Math.max(0, got.fd - 1)]);
        return ask(`${capital(who)} calls ${call}. Which number does ${what(got.object)} get in ${who}?`, [...numbers].sort((a, b) => a - b).map(String), `${got.fd}`);
      }
      return lost ? ask(`${capital(who)} calls ${call}. What becomes of ${what(lost.object)}?`, ['it lives on', 'it is gone'], held(at, lost.object) ? 'it lives on' : 'it is gone') : null;
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
