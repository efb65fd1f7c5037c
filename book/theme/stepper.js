// @ts-check
// What the widgets share that step through a recorded conversation: the
// choice of a run, buttons, slider and keys, and questions before a step.
// Recorded by `cargo run -p lesson-tcp -- handshake --json` and the like.
/** A call or a segment; `states` of both hosts after it. @typedef {{kind: string, host?: string, call?: string, what?: string, from?: string, flags?: string[], seq?: number, ack?: number | null, length?: number, options?: string[], sack?: [number, number][], fate?: string, note?: string, wait?: string, states?: string[], why?: string}} SbStep */
/** @typedef {{demo: string, label?: string, title: string, hosts: {name: string, role?: string}[], steps: SbStep[]}} SbRun */
/** Ends a question: was the answer right, and why. @typedef {(right: boolean, text: string) => void} SbSettle */
/** @typedef {{text: string, controls: HTMLElement[]}} SbQuestion */
/** What a widget does with a run. After `at` steps; while a question is `open` the last of them shows only what the question tells.
 * @typedef {{load: (run: SbRun) => void, draw: (at: number, open: boolean) => void, question: (at: number, settle: SbSettle) => SbQuestion | null, first: number}} SbView */

const sbStepper = (() => {
  'use strict';
  let groups = 0;

  /** @param {string} tag @param {string} name @param {...(Node|string)} content */
  const make = (tag, name, ...content) => {
    const el = document.createElement(tag);
    el.className = name;
    el.append(...content);
    return el;
  };

  const CONTROLS = '<div class=sp-ctl><button class=sp-back aria-label="Step back">‹</button><input type=range min=0 class=sp-range aria-label=Step><button class=sp-on aria-label="Step forward">›</button><span class=sp-step></span></div>';
  // The panel around a widget's body: runs, title and question above, what happened and the controls below.
  const panel = (/** @type {string} */ asks, /** @type {string} */ body, controls = CONTROLS) => `<div class=sp-head role=radiogroup aria-label=Run></div><div class=sp-rule><div></div><button class=sp-ask>${asks}</button></div>
${body}<div class=sp-foot><p class=sp-say role=status></p><div class=sp-quiz role=group aria-label=Answers></div>
${controls}</div>`;

  /** Lets the reader choose a run. @template {{demo: string, label?: string}} R @param {HTMLElement} head @param {R[]} runs @param {(run: R) => void} load */
  const choose = (head, runs, load) => {
    const group = `sp${++groups}`;
    head.append(...runs.map((run, i) => {
      const radio = /** @type {HTMLInputElement} */ (make('input', 'sb-vh'));
      radio.type = 'radio'; radio.name = group; radio.checked = !i;
      radio.onchange = () => load(run);
      return make('label', '', radio, make('span', '', run.label || run.demo.replace('-', ' ')));
    }));
  };

  /** Lets ← and → step. mdBook takes them and s / ? for itself, whatever has the focus.
   * @param {HTMLElement} host @param {(d: number, focus: HTMLInputElement) => void} go */
  const keys = (host, go) => {
    host.onkeydown = e => {
      if (!/^(Arrow.*|[s/?])$/i.test(e.key)) return;
      e.stopPropagation();
      const focus = /** @type {HTMLInputElement} */ (e.target), d = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
      if (!d || /INPUT|SELECT/.test(focus.tagName) && focus.type !== 'checkbox') return;
      e.preventDefault();
      go(d, focus);
    };
  };

  /** @param {HTMLElement} host @param {SbRun[]} runs @param {string} asks @param {string} body @param {(root: HTMLElement) => SbView} setUp */
  const start = (host, runs, asks, body, setUp) => {
    const root = make('div', 'sp');
    root.innerHTML = panel(asks, body);
    const part = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (root.querySelector('.sp-' + name));
    const range = part('range'), quiz = part('quiz'), ask = part('ask'), view = setUp(root);
    let run = runs[0], open = false, asking = false;
    // Where both connect there is neither client nor server.
    for (const { steps, hosts } of runs) if (steps.filter(s => s.call === 'connect').length > 1) for (const h of hosts) h.role = '';

    const say = (/** @type {string} */ text, mood = '') => {
      part('say').textContent = text;
      part('say').className = 'sp-say ' + mood;
    };
    const show = (/** @type {number} */ at, fresh = false) => {
      at = Math.max(0, Math.min(run.steps.length, at));
      const question = fresh && asking && at ? view.question(at, (right, text) => {
        if (!open) return;
        open = false;
        view.draw(at, false);
        say(text, right ? 'ok' : 'no');
      }) : null;
      open = !!question;
      range.value = `${at}`;
      part('step').textContent = range.ariaValueText = at ? `step ${at} of ${run.steps.length}` : 'the start';
      const held = quiz.contains(document.activeElement);
      quiz.replaceChildren(...question ? question.controls : []);
      if (question) question.controls[0].focus();
      else if (held) part('on').focus();
      view.draw(at, open);
      say(question ? question.text : at ? run.steps[at - 1].why || '' : 'Nothing has happened yet. Step forward.', question ? 'asked' : '');
    };
    // A question left open is answered by going on.
    const go = (/** @type {number} */ d) => d > 0 && open ? show(+range.value) : show(+range.value + d, d > 0);
    const load = (/** @type {SbRun} */ chosen) => {
      run = chosen;
      range.max = `${run.steps.length}`;
      part('rule div').replaceChildren(make('strong', '', run.title), ' ', make('span', '', run.hosts.filter(h => h.role).map(h => `${capital(h.name)} is the ${h.role}`).join(', ')));
      view.load(run);
      show(asking ? 0 : view.first);
    };

    range.oninput = () => show(+range.value);
    part('back').onclick = () => go(-1);
    part('on').onclick = () => go(1);
    ask.onclick = () => {
      asking = !asking;
      ask.ariaPressed = `${asking}`;
      root.classList.toggle('asks', asking);
      show(+range.value === run.steps.length ? 0 : +range.value);
      if (asking) say('Step forward: each step asks you first.', 'asked');
    };
    choose(part('head'), runs, load);
    keys(host, go);
    ask.ariaPressed = 'false';
    load(run);
    host.append(root);
  };

  /** Defines the element <sb-NAME>, which begins once it has its data. @param {string} name @param {(host: HTMLElement, data: any) => void} begin */
  const element = (name, begin) => customElements.define('sb-' + name, class extends HTMLElement {
    connectedCallback() {
      const data = this.querySelector('script');
      if (data && !this.querySelector('.sp')) begin(this, JSON.parse(data.text));
    }
  });

  /** Defines an element that steps: its button that starts questions, its body, what fills it, and how its data become runs.
   * @param {string} name @param {string} asks @param {string} body @param {(root: HTMLElement) => SbView} setUp @param {(data: any) => SbRun[]} [runs] */
  const define = (name, asks, body, setUp, runs = data => data) => element(name, (host, data) => start(host, runs(data), asks, body, setUp));

  /** Buttons of which one is right. `tell` gives what is said of a choice. @param {string[]} options @param {string} right @param {SbSettle} settle @param {(chosen: string) => string} tell */
  const options = (options, right, settle, tell) => {
    const buttons = options.map(option => {
      const button = make('button', '', option);
      button.onclick = () => {
        if (button.ariaDisabled) return;
        settle(option === right, tell(option));
        for (const b of buttons) {
          b.ariaDisabled = 'true';
          if (b.textContent === right) b.classList.add('ok');
          else if (b === button) b.classList.add('no');
        }
      };
      return button;
    });
    return buttons;
  };

  /** What a segment carries, in short. @param {SbStep} s */
  const short = s => s.length ? `${s.length} byte${s.length === 1 ? '' : 's'}` : (s.flags || []).join(' ');

  /** Tells the steps in a list apart, past, now and still to come, and scrolls the list to the one that is now. `head` children come before the steps.
   * @param {HTMLElement} list @param {number} at @param {boolean} open @param {number} [head] */
  const mark = (list, at, open, head = 0) => {
    const items = /** @type {HTMLElement[]} */ ([...list.children].slice(head)), now = items[at - 1];
    items.forEach((item, k) => {
      const is = { past: k < at - 1, now: item === now, todo: k >= at, open: open && item === now };
      for (const [name, on] of Object.entries(is)) item.classList.toggle(name, on);
    });
    list.scrollTop = now ? now.offsetTop + now.offsetHeight + 24 - list.clientHeight : 0;
  };

  /** @param {string} sentence */
  const capital = sentence => sentence.replace(/^./, c => c.toUpperCase());
  return { make, panel, choose, keys, element, define, options, short, mark, capital };
})();
