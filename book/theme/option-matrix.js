// @ts-check
// <sb-option-matrix>: two sockets for one address and port: every choice of
// SO_REUSEADDR and SO_REUSEPORT on either, to be guessed, then seen as measured.
// Recorded by `cargo run -p lesson-socket-options -- reuse --json`.
(() => {
  'use strict';
  const { make, panel, choose, element, capital } = sbStepper;
  /** @typedef {{addr: boolean, port: boolean}} Set */
  /** @typedef {{first: Set, state: string, second: Set, outcome: string, call: string, why: string}} Cell */

  const OPTIONS = ['without', 'SO_REUSEADDR', 'SO_REUSEPORT', 'both'];
  const WITH = ['without options', 'with SO_REUSEADDR', 'with SO_REUSEPORT', 'with both'];
  const ANSWERS = ['OK', 'EADDRINUSE'];
  /** @type {Record<string, [string, string]>} */
  const STATES = {
    listening: ['listening', 'The first is bound and listens.'],
    bound: ['only bound', 'The first is bound, and doesn’t listen.'],
    'time-wait': ['TIME-WAIT', 'The first is gone, a connection is in TIME-WAIT.'],
  };
  const place = (/** @type {Set} */ s) => +s.addr + 2 * +s.port;
  const sentence = (/** @type {string} */ text) => text && capital(text).replace(/([^.])$/, '$1.');
  // Long names break where a phone needs it.
  const breaks = (/** @type {string} */ name) => name.replace(/^(SO_REUSE|EADDR)(.)/, '$1<wbr>$2');

  const BODY = `<div class=om><table aria-label="Rows: the first socket’s options. Columns: the second’s."><thead><tr><th class=om-corner><span>second →</span><span>first ↓</span></th>${OPTIONS.map(o => `<th scope=col>${breaks(o)}`).join('')}</thead>
<tbody>${OPTIONS.map((o, i) => `<tr><th scope=row>${breaks(o)}${OPTIONS.map((_, k) => `<td><button data-at=${4 * i + k}></button>`).join('')}`).join('')}</table></div>`;

  /** @param {HTMLElement} host @param {{title: string, cells: Cell[]}[]} recordings */
  const start = (host, [{ title, cells }]) => {
    const root = make('div', 'sp om-root');
    root.innerHTML = panel('Show all', BODY, '<div class=om-score></div>');
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`.om-${name}, .sp-${name}`));
    const buttons = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('td button')]), ask = part('ask');
    const states = [...new Set(cells.map(c => c.state))];
    /** What was guessed of each cell; '' where it was only shown. @type {Map<Cell, string>} */
    const known = new Map();
    let state = states[0], at = 0;

    /** The cells of a state, row by row. @param {string} of */
    const table = of => buttons.map((_, i) => cells.find(c => c.state === of && 4 * place(c.first) + place(c.second) === i));
    const cell = () => table(state)[at];
    const say = (/** @type {string} */ text, mood = '') => {
      part('say').textContent = text;
      part('say').className = 'sp-say ' + mood;
    };
    const told = (/** @type {Cell} */ c) => c.outcome === 'OK' ? 'OK' : `${c.outcome} from ${c.call}`;

    const draw = () => {
      const now = table(state), held = root.querySelector('td :focus');
      now.forEach((c, i) => {
        const button = buttons[i], guess = c && known.get(c), seen = c && guess !== undefined, ok = seen && c.outcome === 'OK';
        button.className = `${seen ? ok ? 'ok' : 'no' : ''}${seen && guess && guess !== c.outcome ? ' missed' : ''}${i === at ? ' at' : ''}`;
        button.tabIndex = i === at ? 0 : -1;
        button.innerHTML = seen ? `<b>${ok ? '✓' : '✗'}</b><span>${breaks(c.outcome)}</span>${ok ? '' : ` <small>${c.call}</small>`}` : '<b>?</b>';
        button.ariaDescription = `the first ${WITH[i >> 2]}, the second ${WITH[i & 3]}${seen ? guess ? `, you said ${guess}` : '' : ', not yet known'}`;
        button.ariaCurrent = i === at ? 'true' : null;
      });
      if (held) buttons[at].focus();
      const count = (/** @type {(Cell | undefined)[]} */ of) => {
        const guesses = of.flatMap(c => c && known.get(c) ? [c.outcome === known.get(c)] : []);
        return guesses.length ? `${guesses.filter(Boolean).length} of ${guesses.length} right` : 'no guess';
      };
      const left = now.filter(c => c && !known.has(c)).length, fine = now.filter(c => c?.outcome === 'OK').length;
      part('score').textContent = `${[...known.values()].some(Boolean) ? `${count(now)} here · ${count(cells)} in all` : 'no guess yet'} · ${left ? `${left} to go` : `${fine} of ${now.length} are OK`}`;
      ask.textContent = left ? 'Show all' : 'Start again';
    };

    /** Tells of the cell what is known, or asks. @param {boolean} [focus] */
    const show = focus => {
      draw();
      const c = cell(), guess = c && known.get(c), quiz = part('quiz');
      if (!c) { quiz.replaceChildren(); return say('This was not measured.'); }
      const first = `The first ${WITH[at >> 2]}, the second ${WITH[at & 3]}.`;
      if (guess === undefined) {
        say(`${first} The second calls bind, then listen: OK or EADDRINUSE?`, 'asked');
        const answers = ANSWERS.map(answer => {
          const button = make('button', '', answer);
          button.onclick = () => settle(answer);
          return button;
        });
        quiz.replaceChildren(...answers, make('small', '', 'or the keys O and E'));
        if (focus) answers[0].focus();
      } else {
        say(`${first} ${told(c)}. ${sentence(c.why)}`);
        next(quiz.contains(document.activeElement));
      }
    };

    /** Offers the next cell that isn't known. @param {boolean} focus */
    const next = focus => {
      const now = table(state), order = now.map((_, i) => (at + 1 + i) % now.length), to = order.find(i => { const c = now[i]; return c && !known.has(c); });
      const button = make('button', '', 'Next');
      button.onclick = () => { at = to || 0; show(true); };
      part('quiz').replaceChildren(...to === undefined ? [] : [button]);
      if (focus) (to === undefined ? ask : button).focus();
    };

    const settle = (/** @type {string} */ answer) => {
      const c = cell();
      if (!c || known.has(c)) return;
      const held = part('quiz').contains(document.activeElement), right = answer === c.outcome;
      known.set(c, answer);
      draw();
      say(`${right ? 'Right' : 'No'}: ${told(c)}. ${sentence(c.why)}`, right ? 'ok' : 'no');
      next(held);
    };

    const load = (/** @type {{demo: string}} */ chosen) => {
      state = chosen.demo;
      at = 0;
      part('rule').children[0].children[1].textContent = STATES[state]?.[1] || state;
      show();
    };

    root.querySelector('tbody')?.addEventListener('click', e => {
      const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (e.target).closest('button'));
      if (!button) return;
      at = +(button.dataset.at || 0);
      show();
    });
    // mdBook takes arrows and s / ? for itself, whatever has the focus.
    root.onkeydown = e => {
      const focus = /** @type {HTMLInputElement} */ (e.target), steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -4, ArrowDown: 4 };
      const step = steps[/** @type {keyof steps} */ (e.key)];
      if (step || /^[s/?]$/i.test(e.key)) e.stopPropagation();
      if (e.ctrlKey || e.altKey || e.metaKey) return;
      const answer = ANSWERS.find(a => a[0] === e.key.toUpperCase());
      if (answer) return settle(answer);
      const to = at + step, row = Math.abs(step) > 1;
      if (!step || focus.type === 'radio' || !row && to >> 2 !== at >> 2 || !buttons[to]) { if (step && focus.type !== 'radio') e.preventDefault(); return; }
      e.preventDefault();
      at = to;
      show();
      buttons[at].focus();
    };
    ask.onclick = () => {
      const now = table(state), all = now.every(c => !c || known.has(c));
      for (const c of now) if (c) { if (all) known.delete(c); else if (!known.has(c)) known.set(c, ''); }
      at = 0;
      show();
    };
    part('rule').children[0].append(make('strong', '', title), ' ', make('span', ''));
    choose(part('head'), states.map(s => ({ demo: s, label: STATES[s]?.[0] || s })), load);
    part('head').ariaLabel = 'The first socket is';
    load({ demo: state });
    host.append(root);
  };

  element('option-matrix', start);
})();
