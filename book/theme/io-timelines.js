// @ts-check
// <sb-io-timelines>: what a program and its peers do, step by step, in one
// lane each. A bar lasts; a cell is a call that returned.
// Recorded by `cargo run -p lesson-nonblocking -- four-models --json`.
(() => {
  'use strict';
  const { make, define, options, capital } = sbStepper;
  /** `until` is the tick that ended it, `calls` how many system calls it was (1). @typedef {{tick: number, lane: string, call: string, state: 'waits' | 'spins' | 'runs' | 'in-vain' | 'done' | 'ready', until?: number, calls?: number, note: string, why: string}} Step */
  /** @typedef {{demo: string, label: string, title: string, lanes: string[], steps: Step[]}} Recorded */
  /** @typedef {SbRun & {rec: Recorded}} Run */
  /** How much was done: `least` where only a lower bound is known. @typedef {{calls: number, vain: number, sleeps: number, least: boolean, taken: string[]}} Score */

  const LEGEND = { waits: 'asleep', spins: 'asks in vain', runs: 'at work', ready: 'bytes that nobody has taken' };
  /** A peer's letter, of its own lane or of one that works for it. @param {string} lane */
  const letter = lane => / (\w)$/.exec(lane)?.[1] || '';
  const hue = (/** @type {string} */ peer) => peer ? ` io-p${'abc'.indexOf(peer)}` : '';
  const lasts = (/** @type {Step} */ s) => s.state in LEGEND;

  /** @param {Recorded[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.map(rec => ({
    demo: rec.demo, label: rec.label, title: capital(rec.title), hosts: [], rec, steps: rec.steps.map(s => ({ kind: 'call', host: s.lane, call: s.call, why: s.why })),
  }));

  define('io-timelines', 'Ask me', '<div class=io><div class=io-chart role=img></div><p class=io-key aria-hidden=true></p><p class=io-now></p><p class=io-score></p></div>', root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.io-' + name));
    /** @type {Recorded} */ let rec;
    /** Whether an open question leaves its step to be seen. */
    let seen = false;

    const mine = (/** @type {Step} */ s) => s.lane === rec.lanes[0];
    /** The bytes that are taken at this step. @param {Step} s */
    const takes = s => rec.steps.find(sent => sent.state === 'ready' && sent.until === s.tick);
    const taken = (/** @type {number} */ at) => rec.steps.filter(s => s.state === 'ready' && s.until && s.until <= at).sort((a, b) => (a.until || 0) - (b.until || 0)).map(s => letter(s.lane));

    /** @param {number} at @returns {Score} */
    const score = at => {
      const own = rec.steps.slice(0, at).filter(mine), sum = (/** @type {string[]} */ states) => own.filter(s => states.includes(s.state))
        .reduce((n, s) => n + (s.calls ?? (s.state === 'spins' ? +(/\d+/.exec(s.note)?.[0] || 1) : 1)), 0);
      // A call that sleeps has been made, and has not returned.
      const asleep = own.some(s => s.state === 'waits' && !(s.until && s.until <= at));
      return { calls: sum(['done', 'in-vain', 'spins']) + +asleep, vain: sum(['in-vain', 'spins']), sleeps: own.filter(s => s.state === 'waits').length, least: own.some(s => s.state === 'spins'), taken: taken(at) };
    };
    const number = (/** @type {number} */ n, /** @type {boolean} */ least) => least ? `more than ${Math.floor(n / 1000) * 1000}` : `${n}`;

    const chart = (/** @type {number} */ at) => {
      const box = part('chart'), row = (/** @type {string} */ lane) => rec.lanes.indexOf(lane) + 1;
      const put = (/** @type {string} */ name, /** @type {number} */ line, /** @type {number | string} */ from, /** @type {number | string} */ to, text = '') => {
        const el = make('div', name, make('span', '', text));
        el.style.gridArea = `${line} / ${from} / ${line + 1} / ${to}`;
        box.append(el);
        return el;
      };
      box.replaceChildren();
      box.style.gridTemplateColumns = `max-content repeat(${rec.steps.length}, minmax(0, 1fr))`;
      for (const lane of rec.lanes) {
        put(`io-lane${hue(letter(lane))}`, row(lane), 1, 2, lane);
        put('io-line', row(lane), 2, -1);
      }
      if (at) put('io-cursor', 1, at + 1, at + 2).style.gridRowEnd = `${rec.lanes.length + 1}`;
      const told = [];
      for (const s of rec.steps.slice(0, at)) {
        const peer = letter(s.lane), end = Math.min(s.until || rec.steps.length + 1, at + 1), open = end > at || !s.until;
        const text = s.state === 'ready' ? s.note.replace(/"/g, '') : s.state === 'runs' ? s.call : s.state === 'spins' ? 'asks' : 'waits';
        if (lasts(s)) {
          // Bytes end where they are taken, in another lane; the rest gives way to what comes next.
          const ready = s.state === 'ready';
          put(`io-bar io-${s.state}${hue(ready ? peer : '')}${open ? ' open' : ''}`, row(s.lane), s.tick + 1, end + (ready && !open ? 2 : 1), text);
          if (open && ready) told.push(`bytes of ${s.lane} wait to be taken`);
          else if (open) told.push(`${s.lane} ${s.state === 'runs' ? 'works' : s.state === 'spins' ? 'asks again and again' : `waits in ${s.call}`}`);
          continue;
        }
        const bytes = takes(s), whose = bytes ? letter(bytes.lane) : s.lane === 'kernel' ? /\b[abc]\b/.exec(s.note)?.[0] || '' : '';
        if (bytes) {
          const way = put(`io-way${hue(whose)}`, row(s.lane), s.tick + 1, s.tick + 2);
          way.style.gridRowEnd = `${row(bytes.lane) + 1}`;
        }
        put(`io-cell io-${s.state}${hue(whose || (mine(s) ? '' : peer))}${whose ? ' io-got' : ''}`, row(s.lane), s.tick + 1, s.tick + 2, whose || (s.state === 'in-vain' ? '✗' : mine(s) ? '✓' : '●'));
      }
      box.ariaLabel = at ? `After step ${at}: ${told.join('; ') || 'nobody waits'}.` : 'Nothing has happened yet.';
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const shown = open && !seen ? at - 1 : at, s = rec.steps[at - 1], { calls, vain, sleeps, least, taken: got } = score(shown);
      chart(shown);
      part('now').replaceChildren(...s ? [make('b', `io-who${hue(letter(s.lane))}`, s.lane), make('code', 'nohighlight', s.call), make('span', '', shown < at ? '→ ?' : s.note === s.state ? s.note : `→ ${s.note}`)] : [make('span', '', 'Three peers will speak: b first, then c, then a.')]);
      const count = (/** @type {string} */ n, /** @type {string} */ what) => make('span', '', make('b', '', n), ` ${what}`);
      part('score').replaceChildren(count(number(calls, least), calls === 1 ? 'system call' : 'system calls'), count(number(vain, least), 'in vain'), count(`${sleeps}`, sleeps === 1 ? 'sleep' : 'sleeps'),
        ...rec.steps.some(s => s.state === 'ready') ? [make('span', '', 'taken: ', ...got.length ? got.map(p => make('b', `io-got${hue(p)}`, p)) : ['nothing'])] : []);
    };

    const load = (/** @type {SbRun} */ chosen) => {
      rec = /** @type {Run} */ (chosen).rec;
      part('key').replaceChildren(...Object.entries(LEGEND).filter(([state]) => rec.steps.some(s => s.state === state)).map(([state, what]) => make('span', '', make('i', `io-bar io-${state}`), what)));
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const s = rec.steps[at - 1], first = (/** @type {(s: Step) => unknown} */ is) => rec.steps.find(is) === s;
      const ask = (/** @type {string} */ text, /** @type {string[]} */ shown, /** @type {string} */ right, why = s.why, visible = false) => {
        seen = visible;
        return { text, controls: options(shown, right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${why}`) };
      };
      const peer = letter(s.lane);
      if (at === 1 && !/ctl/.test(s.call)) {
        const [waits, fails, goes] = ['it waits', 'it fails: EAGAIN', 'it returns, and the work goes on'];
        return ask(`Nothing has come from anybody. The program calls ${s.call}. What happens?`, [waits, fails, goes], s.state === 'waits' ? waits : s.state === 'in-vain' ? fails : goes);
      }
      if (first(s => s.state === 'spins')) {
        const often = /more than \d+ times/.exec(s.note)?.[0] || s.note;
        return ask('Nothing has come, and no call waits. How often does the program ask until somebody sends?', ['3 times', '30 times', often], often);
      }
      if (s.lane.startsWith('peer') && rec.lanes.includes('kernel')) {
        const kernel = 'the kernel, without a call';
        return ask(`${capital(s.lane)} has sent. Who copies the bytes into the program's buffer?`, ['the program, by a call', kernel], kernel, rec.steps[at]?.why, true);
      }
      if (s.state === 'ready') {
        const done = taken(at), left = rec.steps.filter(s => s.state === 'ready').map(s => letter(s.lane)).filter(p => !done.includes(p)).sort();
        const next = taken(rec.steps.length)[done.length], by = rec.steps.find(s => letter(takes(s)?.lane || '') === next);
        if (left.length > 1) return ask(`${capital(s.lane)} has sent. Whose bytes are taken next?`, left, next, by && `${capital(by.lane)} calls ${by.call}. ${next === peer ? by.why : `It can't see peer ${peer} before.`}`, true);
      }
      if (s.state === 'waits' && !mine(s) && first(s => s.state === 'waits' && !mine(s))) {
        const who = 'another thread';
        return ask('The calls have returned, and the program is at work. Who waits for the bytes?', ['the program', who, 'nobody'], who);
      }
      const news = /\b([abc]) is (ready|readable|done)/;
      if (mine(s) && news.test(s.note) && first(s => mine(s) && news.test(s.note))) {
        const there = taken(at).includes(news.exec(s.note)?.[1] || ''), [kernel, program] = ['in the kernel', "in the program's buffer"];
        return ask(`${s.call} has returned: ${s.note}. Where are the bytes?`, [kernel, program], there ? program : kernel, s.why, true);
      }
      if (at === rec.steps.length) {
        const { calls, least, sleeps } = score(at), right = number(calls, least);
        return ask('All three are served. How many system calls was that?', [...new Set(['3', '6', '9', 'more than 3000', right])], right, `${sleeps || 'None'} of them slept.`, true);
      }
      return null;
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
