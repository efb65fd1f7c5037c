// @ts-check
// <sb-level-edge>: one program, run level-triggered and edge-triggered, side
// by side: what waits in the receive buffer, what epoll_wait reports of it,
// and what the program reads.
// Recorded by `cargo run -p lesson-multiplexing -- level-edge --json`.
(() => {
  'use strict';
  const { make, define, options, mark, capital } = sbStepper;
  /** A call, what it returned, and what waits after it. The peer's end comes as `fin` and is read as `end`. @typedef {{kind: string, call: string, ret: string, buf: string}} Step */
  /** @typedef {'level' | 'edge'} Mode */
  /** @typedef {{id: string, label?: string, title: string, code: string} & Record<Mode, {steps: Step[]}>} Scenario */
  /** How it stands after a tick; `did` is what it did in it. @typedef {{did?: Step, all: string, buf: string, fin: boolean, end: boolean, left: number, taken: number, waits: string, look: string}} State */
  /** @typedef {SbRun & {code: string, at: Record<Mode, State[]>}} Run */

  /** @type {Mode[]} */
  const MODES = ['level', 'edge'];
  const FLAGS = { level: 'EPOLLIN', edge: 'EPOLLIN | EPOLLET' };
  const ANSWERS = ['both', 'level alone', 'edge alone', 'neither'], EVENT = 'an event', NOTHING = 'nothing: it sleeps';
  // Where both could go on, calls come first, then waits, then the peer.
  const TURNS = ['ctl', 'read eagain end close', 'wake silent', 'arrive fin'], CALL = 1, WAIT = 2, PEER = 3;
  const turn = (/** @type {Step | undefined} */ s) => s ? TURNS.findIndex(kinds => kinds.includes(s.kind)) : 9;
  const bytes = (/** @type {number} */ n) => `${n} byte${n === 1 ? '' : 's'}`;
  const quoted = (/** @type {string} */ text) => text.match(/"(.*)"/)?.[1] || '';

  /** @param {Step[]} steps @param {Step} [did] @returns {State} */
  const state = (steps, did) => {
    const is = (/** @type {string} */ kind) => steps.some(s => s.kind === kind), last = steps[steps.length - 1];
    const all = steps.map(s => s.kind === 'arrive' ? quoted(s.call) : '').join(''), buf = last?.buf || '', end = is('end'), fin = is('fin') && !end, left = buf.length + +fin;
    const look = end ? 'closed' : last?.kind !== 'silent' ? 'runs' : left ? 'stalled' : 'asleep';
    return { did, all, buf, fin, end, left, look, taken: all.length - buf.length, waits: `${[buf && bytes(buf.length), fin && 'the end'].filter(Boolean).join(' and ')} wait${left > 1 ? '' : 's'}` };
  };

  /** Puts side by side what either does at a time: after each tick, how both stand. @param {Scenario} of */
  const align = of => {
    const next = { level: 0, edge: 0 }, at = { level: [state([])], edge: [state([])] };
    for (;;) {
      const now = Math.min(...MODES.map(m => turn(of[m].steps[next[m]])));
      if (now > PEER) return at;
      for (const m of MODES) {
        const did = of[m].steps[next[m]], goes = turn(did) === now;
        if (goes) next[m]++;
        at[m].push(state(of[m].steps.slice(0, next[m]), goes ? did : undefined));
      }
    }
  };

  /** What happened in one mode, and why. @param {Mode} mode @param {State[]} past */
  const told = (mode, past) => {
    const { did, buf, left, waits, look } = past[past.length - 1], before = past.slice(0, -1).map(s => turn(s.did));
    const fresh = before.lastIndexOf(PEER) > before.lastIndexOf(WAIT);
    switch (did?.kind) {
      case 'wake': return mode === 'edge' ? 'something came since its last look: one event' : fresh ? `${waits}: an event` : `${waits} still, so it is told again`;
      case 'silent': return left ? `${waits}, but nothing came since its last event, so it sleeps` : 'nothing waits: it sleeps, and misses nothing';
      case 'read': return `it reads "${quoted(did.ret)}", ${buf ? `and ${bytes(buf.length)} stay${buf.length > 1 ? '' : 's'}` : 'the last that was there'}`;
      case 'eagain': return 'EAGAIN says that the buffer is empty: now it may wait';
      case 'end': return 'read returns 0: it has seen the end';
      case 'close': return 'it closes its socket';
    }
    return look === 'stalled' ? `still asleep, and ${waits}` : '';
  };

  /** @param {State[][]} past The states of both, up to this tick. */
  const why = past => {
    const did = past.map(of => of[of.length - 1].did), one = did[0] || did[1], news = quoted(one?.call || '');
    if (one?.kind === 'ctl') return 'Both watch their socket for EPOLLIN; one sets EPOLLET as well. All else is the same.';
    if (one?.kind === 'arrive') return `${bytes(news.length)} arrive${news.length > 1 ? '' : 's'} in the receive buffer: an edge.`;
    if (one?.kind === 'fin') return 'The end of the stream comes behind the bytes, before anybody has called epoll_wait: one event will tell of both.';
    const [level, edge] = past.map((of, i) => told(MODES[i], of));
    return level === edge ? `Both: ${level}.` : [level && `Level: ${level}.`, edge && `Edge: ${edge}.`].filter(Boolean).join(' ');
  };

  /** @param {{scenarios: Scenario[]}[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(r => r.scenarios).map(of => {
    const at = align(of), steps = at.level.slice(1).map((_, k) => ({ kind: 'tick', why: why(MODES.map(m => at[m].slice(0, k + 2))) }));
    return { demo: of.id, label: of.label || of.title, title: of.title, code: of.code, hosts: [], at, steps };
  });

  const WIDE = 320, TOP = 12, BASE = 52, DOTS = 66;
  const LANE = (/** @type {Mode} */ m) => `<section class="le-lane le-${m}" aria-label="${capital(m)}-triggered"><p class=le-name><strong>${capital(m)}-triggered</strong> <code class=nohighlight>${FLAGS[m]}</code></p>
<small>receive buffer</small><div class=le-cells role=img></div><small>the program has read</small><div class="le-cells le-read" role=img></div><div class=le-wave></div><p class=le-look></p></section>`;
  const KEY = [['wait', '', 'what waits'], ['up', '↑', 'an edge: something new'], ['wake', '', 'epoll_wait reports it'], ['none', '', 'epoll_wait is silent']].map(([k, sign, text]) => `<span><i class=k-${k}>${sign}</i>${text}</span>`).join('');

  define('level-edge', 'Ask me', `<div class=le><code class="le-code nohighlight"></code><div class=le-lanes>${MODES.map(LANE).join('')}</div><p class=le-key aria-hidden=true>${KEY}</p><ol class=le-log tabindex=0 aria-label="The calls of both"></ol></div>`, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.' + name));
    /** @type {Run} */ let run;

    const load = (/** @type {SbRun} */ chosen) => {
      run = /** @type {Run} */ (chosen);
      part('le-code').textContent = run.code;
      part('le-log').replaceChildren(...run.steps.map((_, k) => {
        const now = MODES.map(m => run.at[m][k + 1]), shared = now.every(s => turn(s.did) === PEER);
        const cells = now.map(({ did, look }) => did ? make('div', did.kind, make('code', 'nohighlight', did.call), make('b', '', shared ? '' : did.ret)) : make('div', '', look === 'closed' ? '' : 'asleep'));
        return make('li', shared ? 'le-peer' : '', ...shared ? [cells[0]] : cells);
      }));
    };

    /** What waited, over time, and what epoll_wait said of it. @param {Mode} m @param {number} seen @param {boolean} open */
    const wave = (m, seen, open) => {
      const n = run.steps.length, dx = (WIDE - 12) / n, top = Math.max(1, ...MODES.flatMap(of => run.at[of].map(s => s.left)));
      let line = `M6 ${BASE}`, marks = '';
      run.at[m].slice(0, seen + 1).forEach(({ did, left, look }, k) => {
        if (!k) return;
        const x = 6 + (k - .5) * dx, y = BASE - (BASE - TOP) * left / top, kind = did?.kind;
        line += `H${x}V${y}`;
        if (turn(did) === PEER) marks += `<path class=le-up d="M${x} ${BASE}V${y}m-4 6l4 -6l4 6"/>`;
        if (turn(did) === WAIT) marks += `<circle class=le-${kind} cx=${x} cy=${DOTS} r=${kind === 'wake' ? 5 : 4.2} />`;
        if (look === 'stalled') marks += `<path class=le-stuck d="M${did ? x : x - dx} ${y}H${k < seen ? x : x + dx / 2}"/>`;
      });
      const x = 6 + seen * dx;
      line += `H${x}`;
      if (open && turn(run.at[m][seen + 1].did) === WAIT) marks += `<text x=${x + dx / 2} y=${DOTS + 5}>?</text>`;
      return `<svg viewBox="0 0 ${WIDE} 74" aria-hidden=true><path class=le-axis d="M6 ${BASE}H${WIDE - 6}"/><path class=le-area d="${line}V${BASE}Z"/><path class=le-line d="${line}"/>${marks}${seen && seen < n ? `<path class=le-now d="M${x} 4V72"/>` : ''}</svg>`;
    };

    const draw = (/** @type {number} */ at, /** @type {boolean} */ open) => {
      const seen = open ? at - 1 : at, { all, end: closes } = run.at.level[run.steps.length];
      for (const m of MODES) {
        const lane = part('le-' + m), now = run.at[m][seen], [buffer, read] = /** @type {HTMLElement[]} */ ([...lane.querySelectorAll('.le-cells')]);
        const cells = (/** @type {(i: number) => boolean} */ on, /** @type {boolean} */ last, /** @type {string} */ name) =>
          [...all].map((c, i) => make('i', on(i) ? 'on' : '', !on(i) ? '' : c === ' ' ? '␣' : c)).concat(closes ? [make('i', last ? 'le-fin on' : 'le-fin', last ? name : '')] : []);
        buffer.replaceChildren(...cells(i => i >= now.taken && i < now.all.length, now.fin, 'end'));
        read.replaceChildren(...cells(i => i < now.taken, now.end, 'end'));
        buffer.ariaLabel = `Receive buffer: ${now.left ? `"${now.buf}"; ${now.waits}` : 'empty'}`;
        read.ariaLabel = `The program has read ${now.taken ? `"${all.slice(0, now.taken)}"` : 'nothing'}${now.end ? ', and the end' : ''}`;
        lane.dataset.look = now.look;
        part(`le-${m} .le-look`).textContent = !seen ? '' : { runs: 'running', asleep: 'asleep: nothing waits', stalled: `stalled: ${now.waits}, and no call says so`, closed: 'closed' }[now.look] || '';
        part(`le-${m} .le-wave`).innerHTML = wave(m, seen, open);
      }
      mark(part('le-log'), at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const did = MODES.map(m => run.at[m][at].did), due = MODES.filter((_, i) => turn(did[i]) === WAIT), [level, edge] = did.map(s => s?.kind === 'wake');
      if (!due.length) return null;
      const both = due.length > 1, right = both ? ANSWERS[level ? edge ? 0 : 1 : edge ? 2 : 3] : level || edge ? EVENT : NOTHING;
      return {
        text: both ? 'Both call epoll_wait. Which of them gets an event?' : `${capital(due[0])}-triggered calls epoll_wait again. What does it get?`,
        controls: options(both ? ANSWERS : [EVENT, NOTHING], right, settle, chosen => `${chosen === right ? 'Right.' : `No: ${right}.`} ${run.steps[at - 1].why}`),
      };
    };

    // Plays the run, until the reader takes over.
    const play = make('button', 'le-play', 'Play'), range = /** @type {HTMLInputElement} */ (part('sp-range'));
    let timer = 0;
    const stop = () => { clearInterval(timer); timer = 0; play.textContent = 'Play'; };
    const step = () => {
      part('sp-on').click();
      if (range.value === range.max || !root.isConnected) stop();
    };
    play.onclick = () => {
      if (timer) return stop();
      if (range.value === range.max) { range.value = '0'; range.dispatchEvent(new Event('input')); }
      timer = setInterval(step, 1500);
      play.textContent = 'Pause';
      step();
    };
    for (const kind of ['click', 'input', 'keydown']) root.addEventListener(kind, e => { if (timer && e.isTrusted && e.target !== play) stop(); });
    part('sp-ctl').append(play);
    return { load, draw, question, first: 2 };
  }, runs);
})();
