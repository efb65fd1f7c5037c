// @ts-check
// <sb-sequence-ladder>: a recorded conversation as a ladder, time running
// down, and beside it what each host knows of the bytes: what the sender has
// out, what the receiver has, what an acknowledgement can say.
(() => {
  'use strict';
  const { make, define, short, mark, capital } = sbStepper;
  /** Sequence numbers from..to, which no recorded segment splits. @typedef {{from: number, to: number, name: string}} Cell */
  /** One direction, and the hosts that send and receive in it. @typedef {{sender: number, cells: Cell[]}} Flow */
  /** What the two hosts know of a cell. @typedef {{sent: number, lost: boolean, got: boolean, sacked: boolean}} Fate */

  /** @type {Record<string, string>} */
  const WORDS = { acked: 'complete', flight: 'in flight', again: 'sent again', lost: 'lost', beyond: 'beyond a hole', hole: 'missing' };
  const has = (/** @type {SbStep} */ s, /** @type {string} */ flag) => !!s.flags?.includes(flag);
  const start = (/** @type {SbStep} */ s) => s.seq || 0;
  // SYN and FIN take a sequence number each, as a byte does (RFC 9293, 3.4).
  const after = (/** @type {SbStep} */ s) => start(s) + (s.length || 0) + +has(s, 'SYN') + +has(s, 'FIN');
  const ranges = (/** @type {SbStep} */ s) => (s.sack || []).map(r => r.join('–')).join(', ');

  /** Cuts what a host sends where any segment of it begins or ends. @param {SbRun} run @param {number} sender @returns {Flow} */
  const flow = (run, sender) => {
    const own = run.steps.filter(s => s.kind === 'segment' && s.from === run.hosts[sender].name && after(s) > start(s));
    const cuts = new Set(own.flatMap(s => [start(s), ...has(s, 'SYN') ? [start(s) + 1] : [], ...has(s, 'FIN') ? [after(s) - 1] : [], after(s)]));
    const sorted = [...cuts].sort((a, b) => a - b), cells = [];
    for (let i = 1; i < sorted.length; i++) {
      const [from, to] = [sorted[i - 1], sorted[i]], s = own.find(s => start(s) <= from && after(s) >= to);
      if (s) cells.push({ from, to, name: has(s, 'SYN') && from === start(s) ? 'SYN' : has(s, 'FIN') && to === after(s) ? 'FIN' : '' });
    }
    return { sender, cells };
  };

  /** What the hosts know of a flow after so many steps. @param {SbRun} run @param {Flow} flow @param {number} at */
  const knowledge = (run, { sender, cells }, at) => {
    /** @type {Fate[]} */
    const fates = cells.map(() => ({ sent: 0, lost: false, got: false, sacked: false }));
    const first = cells[0].from;
    let acked = first, next = first, doubles = 0, state = '';
    for (const s of run.steps.slice(0, at)) {
      // An end that has given up takes nothing.
      const arrives = s.fate === 'delivered' && !(s.from === run.hosts[sender].name && state === 'CLOSED');
      state = s.states?.[1 - sender] || state;
      if (s.kind !== 'segment') continue;
      if (s.from === run.hosts[sender].name) {
        cells.forEach((c, i) => {
          if (c.from < start(s) || c.to > after(s)) return;
          fates[i].sent++;
          fates[i].lost = s.fate === 'lost';
          fates[i].got ||= arrives;
        });
        next = Math.max(next, after(s));
      } else if (arrives && s.ack != null) {
        // RFC 5681, section 2: a duplicate acknowledges nothing new and carries nothing, while bytes are out.
        if (s.ack > acked) { acked = s.ack; doubles = 0; }
        else if (s.ack === acked && acked < next && after(s) === start(s) && !has(s, 'RST')) doubles++;
        for (const [from, to] of s.sack || []) cells.forEach((c, i) => { if (c.from >= from && c.to <= to) fates[i].sacked = true; });
      }
    }
    const hole = cells.findIndex((_, i) => !fates[i].got), whole = hole < 0 ? cells.length : hole;
    const highest = cells.reduce((end, c, i) => fates[i].got ? c.to : end, first);
    return { fates, acked, next, doubles, expects: whole ? cells[whole - 1].to : first, highest };
  };

  const KEY = [['acked', '✓', 'acknowledged, received'], ['flight', '→', 'in flight'], ['lost', '✗', 'lost: no host can see it'],
    ['again', '↻', 'sent again'], ['beyond', 'S', 'beyond a hole, told by SACK'], ['hole', '?', 'a hole']]
    .map(([look, sign, means]) => `<span><i class=${look}>${sign}</i>${means}</span>`).join('');

  define('sequence-ladder', 'Ask me', `<div class=sl><div class=sl-time><div class=sl-hosts></div><ol class=sl-rungs tabindex=0 aria-label="The segments, in order"></ol></div>
<div class=sl-side><div class=sl-know></div><p class=sl-key aria-hidden=true>${KEY}</p></div></div>`, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.sl-' + name));
    const rungs = part('rungs');
    /** @type {SbRun} */ let run;
    /** @type {Flow[]} */ let flows;
    const name = (/** @type {number} */ i) => run.hosts[i].name;

    const rung = (/** @type {SbStep} */ s) => {
      const at = run.hosts.findIndex(h => h.name === (s.host || s.from)), rows = [];
      if (s.wait) rows.push(make('span', 'sl-wait', `${s.wait} later`));
      if (s.kind === 'call') rows.push(make('span', `sl-call a${at}`, make('b', '', s.call || ''), ` ${s.what || ''}`));
      else {
        const sack = ranges(s), lost = s.fate !== 'delivered', note = s.note || (lost ? 'lost on the wire' : ''), told = (s.options || []).join(', ');
        rows.push(make('span', 'sl-text', make('b', '', short(s)), s.length ? make('span', 'sl-flags', (s.flags || []).filter(f => f !== 'ACK').join(' ')) : ''),
          make('i', `sl-arrow a${at} ${s.fate}`),
          make('span', 'sl-nums', `seq ${s.seq}`, ...s.ack == null ? [] : [' · ', make('span', 'sl-ack', 'ack ', make('b', 'sl-secret', `${s.ack}`))],
            ...sack ? [make('span', 'sl-secret', ` · SACK ${sack}`)] : []));
        if (note) rows.push(make('small', lost ? 'sl-lost' : '', note));
        if (told) rows.push(make('small', '', told));
      }
      return make('li', '', ...rows);
    };

    const load = (/** @type {SbRun} */ chosen) => {
      run = chosen;
      flows = [0, 1].map(sender => flow(run, sender)).filter(f => f.cells.length);
      // Where data flows, a direction without any has nothing to show.
      const data = flows.filter(f => f.cells.some(c => !c.name));
      part('know').classList.toggle('few', !data.length);
      if (data.length) flows = data;
      part('hosts').replaceChildren(...run.hosts.map((h, i) => make('span', 'h' + i, make('b', '', h.name), ' ', make('small', '', h.role || ''))));
      rungs.replaceChildren(...run.steps.map(rung));
    };

    // How a cell looks: a class, and a sign for whom hues say little.
    /** @param {Fate} f @param {boolean} acked */
    const outgoing = (f, acked) => acked ? ['acked', '✓'] : !f.sent ? ['todo', ''] : f.sacked ? ['beyond', 'S']
      : f.lost ? ['lost', '✗'] : f.sent > 1 ? ['again', '↻'] : ['flight', '→'];
    /** @param {Fate} f @param {boolean} whole @param {boolean} hole */
    const incoming = (f, whole, hole) => whole ? ['acked', '✓'] : f.got ? ['beyond', 'S'] : hole ? ['hole', '?'] : ['todo', ''];

    const numbers = (/** @type {Cell[]} */ cells) => {
      /** @type {number[][]} */
      const joined = [];
      for (const c of cells) {
        const last = joined[joined.length - 1];
        if (last?.[1] === c.from) last[1] = c.to;
        else joined.push([c.from, c.to]);
      }
      return joined.map(r => r.join('–')).join(', ');
    };

    // One direction: what its sender has out above, what its receiver has below.
    /** @param {Flow} f @param {number} seen */
    const panel = (f, seen) => {
      const { fates, acked, next, doubles, expects, highest } = knowledge(run, f, seen), { cells } = f;
      const names = [name(f.sender), name(1 - f.sender)], every = Math.ceil(cells.length / 7), holes = run.steps.some(s => s.fate === 'lost' || s.sack?.length);
      const row = (/** @type {string} */ label, /** @type {string[][]} */ looks) => {
        const strip = make('div', 'sl-strip', ...looks.map(([look, sign]) => make('i', look, sign)));
        strip.role = 'img';
        strip.ariaLabel = `${label}: ` + ['acked', 'flight', 'again', 'lost', 'beyond', 'hole'].map(look =>
          [look, numbers(cells.filter((_, i) => looks[i][0] === look))]).filter(r => r[1]).map(([look, told]) => `${WORDS[look]} ${told}`).join(', ');
        return [make('span', '', label), strip];
      };
      const fact = (/** @type {string} */ what, /** @type {string} */ value) => make('span', '', what, ' ', make('b', '', value));
      const ticks = make('div', 'sl-strip sl-ticks', ...cells.map((c, i) => make('i', '', c.name || (i % every ? '' : `${c.from}`))));
      ticks.ariaHidden = 'true';
      const beyond = numbers(cells.filter((c, i) => fates[i].got && c.from >= expects));
      const section = make('section', '', make('p', '', make('b', '', `${names[0]} → ${names[1]}`), ' ', make('small', '', 'by sequence number')),
        make('div', 'sl-grid', ...row(`${names[0]} sent`, cells.map((c, i) => outgoing(fates[i], c.to <= acked))), make('span', ''), ticks,
          ...row(`${names[1]} has`, cells.map((c, i) => incoming(fates[i], c.to <= expects, c.from < highest)))),
        make('div', 'sl-facts',
          make('p', 'h' + f.sender, make('b', '', names[0]), fact('ACKed below', `${acked}`), fact('next to send', `${next}`),
            ...holes ? [fact('duplicate ACKs', `${'●'.repeat(Math.min(doubles, 6))} ${doubles}`.trim())] : []),
          make('p', `h${1 - f.sender}`, make('b', '', names[1]), fact('expects next', `${expects}`), ...holes ? [fact('beyond a hole', beyond || 'nothing')] : [])));
      section.style.setProperty('--cells', cells.map(c => c.name ? '30px' : `minmax(15px, ${c.to - c.from}fr)`).join(' '));
      return section;
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      part('know').replaceChildren(...flows.map(f => panel(f, open ? at - 1 : at)));
      mark(rungs, at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const s = run.steps[at - 1], past = run.steps.slice(0, at - 1).reverse();
      if (s.ack == null || has(s, 'RST')) return null;
      const said = past.find(p => p.from === s.from && p.ack != null), last = past.find(p => p.from && p.from !== s.from && p.fate === 'delivered');
      // Data and a FIN repeat an old number: no question.
      if (!last || said?.ack === s.ack && after(s) > start(s)) return null;
      const toward = flow(run, 1 - run.hosts.findIndex(h => h.name === s.from));
      if (!toward.cells.length) return null;
      const { expects, highest } = knowledge(run, toward, at - 1), extra = ['SYN', 'FIN'].find(flag => has(last, flag));
      const field = /** @type {HTMLInputElement} */ (make('input', 'sl-answer')), check = make('button', '', 'Check');
      field.inputMode = 'numeric';
      field.size = 8;
      field.ariaLabel = 'Acknowledgement number';
      const judge = () => {
        const given = +field.value.replace(/\D/g, ''), right = given === s.ack;
        if (!field.value.trim()) return field.focus();
        const hole = highest > expects, holds = `${capital(s.from || '')} has everything below ${expects}`
          + (hole ? `, and some beyond the hole that begins there. ACK can’t say so; SACK does: ${ranges(s)}.` : ', and nothing after it.');
        const why = right ? '' : given === expects - 1 ? 'An ACK names the byte expected next, not the last one that came. '
          : hole && given === highest ? 'That skips the hole. An ACK covers only bytes without a gap before them. '
          : given === start(last) ? 'That is where the last segment began. An ACK names the byte expected next. ' : '';
        settle(right, `${right ? 'Right.' : `No: ${s.ack}.`} ${why}${holds}${extra ? ` A ${extra} takes one number, as a byte does.` : ''}`);
        field.readOnly = true;
        field.classList.add(right ? 'ok' : 'no');
      };
      check.onclick = judge;
      field.onkeydown = e => { if (e.key === 'Enter' && !field.readOnly) judge(); };
      return { text: `${capital(s.from || '')} sends ${s.length ? 'data with an ACK' : `${/^[AEIOSF]/.test(short(s)) ? 'an' : 'a'} ${short(s)}`}. Which number does it acknowledge?`, controls: [field, check] };
    };
    return { load, draw, question, first: 1 };
  });
})();
