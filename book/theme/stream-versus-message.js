// @ts-check
// <sb-stream-versus-message>: the messages that were sent, the stream that
// TCP carried, and the messages that the receiver made of it. It replays runs
// recorded from real sockets (`cargo run -p lesson-framing -- glued --json`).
// A classic script with inline data: file:// allows neither modules nor fetch.
(() => {
  'use strict';
  /** @typedef {{who: string, call: string, bytes?: string, message?: string, asked?: number, messages?: string[], kept?: string}} Step */
  /** @typedef {{demo: string, title: string, rule: string, steps: Step[], sent: string[]}} Run */
  /** A stretch of the stream: what one call sent or took. @typedef {{from: number, to: number, step: number}} Piece */
  /** A piece that was sent, and where in it the message itself lies. @typedef {Piece & {text: string, body: number, end: number}} Sent */
  /** After one step. @typedef {{sent: number, taken: number, from: number, kept: number, made: [string, boolean][], fresh: number}} State */

  // Longer pieces show their first and last bytes.
  const LONG = 48, HEAD = 14, TAIL = 6;
  // Where to cut is asked of streams up to this length.
  const QUIZ = 64;
  let groups = 0;

  /** @param {string} tag @param {Record<string, any>} [props] @param {...(Node|string)} kids @returns {any} */
  const h = (tag, props = {}, ...kids) => {
    const el = document.createElement(tag);
    for (const [k, v] of Object.entries(props)) {
      if (k.startsWith('on')) el.addEventListener(k.slice(2), v);
      else if (v !== false) el.setAttribute(k, v === true ? '' : v);
    }
    el.append(...kids);
    return el;
  };
  const size = (/** @type {number} */ n) => n === 1 ? '1 byte' : n.toLocaleString('en') + ' bytes';
  const count = (/** @type {number} */ n) => n === 1 ? '1 message' : n + ' messages';
  const hex = (/** @type {number} */ b) => b.toString(16).padStart(2, '0');
  const short = (/** @type {string} */ s) => s.length > 28 ? `${s.slice(0, 18)}…${s.slice(-6)}` : s;
  const bytesOf = (/** @type {string} */ s) => (s.match(/../g) || []).map(b => parseInt(b, 16));

  class StreamVersusMessage extends HTMLElement {
    /** @type {Run[]} */ runs = [];
    /** @type {Record<string, any>} */ at = {};
    /** @type {number[]} */ stream = [];
    /** @type {Sent[]} */ sends = [];
    /** @type {Piece[]} */ takes = [];
    /** @type {State[]} */ states = [];
    /** @type {Run|undefined} */ run;
    asHex = false;
    asking = false;

    connectedCallback() {
      const data = this.querySelector('script');
      if (!data || this.querySelector('.svm')) return;
      this.runs = JSON.parse(data.textContent || '');
      this.append(this.build());
      this.load(0);
    }

    build() {
      const at = this.at;
      const pick = (/** @type {string} */ label, /** @type {string[]} */ options, /** @type {(i: number) => void} */ chosen) => {
        const name = `svm${++groups}`;
        return h('div', { class: 'svm-pick', role: 'radiogroup', 'aria-label': label }, ...options.map((text, i) =>
          h('label', {}, h('input', { type: 'radio', name, class: 'svm-vh', checked: !i, onchange: () => chosen(i) }), h('span', {}, text))));
      };
      const div = (/** @type {string} */ name, /** @type {Record<string, any>} */ props = {}) => at[name] = h('div', { class: 'svm-' + name, ...props });
      const part = (/** @type {string} */ title, /** @type {Node[]} */ ...kids) => h('section', { class: 'svm-part', 'aria-label': title }, h('p', { class: 'svm-name' }, title), ...kids);
      const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ onclick) =>
        h('button', { type: 'button', class: 'svm-btn', 'aria-label': label || false, onclick }, text);
      at.range = h('input', { type: 'range', min: 0, 'aria-label': 'Step', oninput: () => this.draw() });
      at.step = h('span', { class: 'svm-step' });
      at.say = h('p', { class: 'svm-say', role: 'status' });
      at.ask = button('Where would you cut?', '', () => this.ask(!this.asking));
      at.check = button('Check', '', () => this.judge());
      at.sender = part('The sender’s messages', div('messages'));
      at.log = h('ol', { class: 'svm-log' });
      at.receiver = h('div', { class: 'svm-two' }, part('Calls', at.log),
        part('The receiver', h('p', { class: 'svm-sub' }, 'this recv took'), div('took', { role: 'img' }),
          h('p', { class: 'svm-sub' }, 'kept for later'), div('kept', { role: 'img' }),
          h('p', { class: 'svm-sub' }, 'messages made so far'), div('made')));
      at.steps = [button('‹', 'Step back', () => this.go(-1)), at.range, button('›', 'Step forward', () => this.go(1)), at.step];
      this.addEventListener('keydown', e => this.key(e));
      return h('div', { class: 'svm' },
        h('div', { class: 'svm-head' }, pick('Run', this.runs.map(r => r.demo.replace('-', ' ')), i => this.load(i)),
          pick('Show bytes as', ['text', 'hex'], i => { this.asHex = !!i; this.asking ? this.ask(true) : this.draw(); })),
        h('div', { class: 'svm-rule' }, div('title'), at.ask), at.sender, part('What TCP carries: bytes', div('stream'), div('sum')), at.receiver,
        h('div', { class: 'svm-foot' }, at.say, h('div', { class: 'svm-ctl' }, ...at.steps, at.check)));
    }

    // mdBook takes ← → s / ? for itself, whatever has the focus.
    /** @param {KeyboardEvent} e */
    key(e) {
      if (!/^(Arrow.*|[s/?])$/.test(e.key)) return;
      e.stopPropagation();
      const t = /** @type {HTMLInputElement} */ (e.target), d = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
      if (!d || t.type === 'radio' || t === this.at.range) return;
      e.preventDefault();
      if (!this.asking) return this.go(d);
      const boxes = [...this.at.stream.querySelectorAll('input')];
      boxes[boxes.indexOf(t) + d]?.focus();
    }

    /** @param {number} d */
    go(d) { this.at.range.value = +this.at.range.value + d; this.draw(); }

    // Turns a recorded run into offsets in one stream, and a state per step.
    /** @param {number} i */
    load(i) {
      const run = this.runs[i], at = this.at;
      this.stream = []; this.sends = []; this.takes = []; this.states = [];
      /** @type {State} */
      let now = { sent: 0, taken: 0, from: 0, kept: 0, made: [], fresh: 0 };
      let due = 0;
      run.steps.forEach((s, step) => {
        const bytes = bytesOf(s.bytes || '');
        now = { ...now, from: now.taken, fresh: now.made.length, made: [...now.made] };
        if (s.who === 'sender') {
          const from = now.sent, to = from + bytes.length, text = s.message ?? '';
          const body = bytesOf([...new TextEncoder().encode(text)].map(hex).join(''));
          let k = 0;
          while (k + body.length <= bytes.length && !body.every((b, j) => b === bytes[k + j])) k++;
          if (!body.length || k + body.length > bytes.length) k = 0, body.length = bytes.length;
          if (to > from) this.sends.push({ from, to, step, text, body: from + k, end: from + k + body.length });
          this.stream.push(...bytes);
          now.sent = to;
        } else {
          now.taken += bytes.length;
          now.kept = (s.kept || '').length / 2;
          if (bytes.length) this.takes.push({ from: now.from, to: now.taken, step });
          for (const m of s.messages || []) {
            const found = run.sent.indexOf(m, due);
            if (found >= 0) due = found + 1;
            now.made.push([m, found >= 0]);
          }
        }
        this.states.push(now);
      });
      at.title.replaceChildren(h('strong', {}, run.title), ' ', h('span', {}, run.rule));
      at.range.max = run.steps.length - 1; at.range.value = 0;
      at.log.replaceChildren(...run.steps.map(s => this.logged(s)));
      at.ask.hidden = this.stream.length > QUIZ || this.sends.length < 2;
      this.run = run;
      this.ask(false);
    }

    /** @param {Step} s */
    logged(s) {
      const bytes = bytesOf(s.bytes || ''), text = short(bytes.map(b => b > 31 && b < 127 ? String.fromCharCode(b) : b === 10 ? '\\n' : '\\x' + hex(b)).join(''));
      return h('li', { class: s.who }, h('span', {}, s.who === 'sender' ? `${s.call}(${s.bytes ? `"${text}"` : ''})` : `${s.call}(${s.asked ?? ''})`),
        h('span', {}, s.who === 'sender' ? String(bytes.length || '') : bytes.length ? `${bytes.length} "${text}"` : s.bytes === '' ? '0: the end' : ''));
    }

    // The bytes from..to as cells; where `mark` says so, each is something else.
    /** @param {number} from @param {number} to @param {(i: number, cell: any) => any} [mark] */
    cells(from, to, mark = (_, cell) => cell) {
      const cuts = [...new Set([from, ...this.sends.map(s => s.to), ...this.takes.map(t => t.to), to])].filter(c => c >= from && c <= to).sort((a, b) => a - b);
      /** @type {any[]} */
      const out = [];
      cuts.slice(1).forEach((end, k) => {
        const start = cuts[k], skip = end - start > LONG ? end - start - HEAD - TAIL : 0;
        for (let i = start; i < end; i++) {
          const s = this.sends.findIndex(p => i < p.to), p = this.sends[s], b = this.stream[i];
          const gap = skip && i === start + HEAD, plain = b > 32 && b < 127;
          out.push(mark(i, h('span', { class: `svm-b m${s % 4}${i < p.body || i >= p.end ? ' framing' : ''}${gap ? ' gap' : plain && !this.asHex ? '' : ' x'}` },
            gap ? `… ${size(skip)} …` : this.asHex || !plain && b !== 32 ? hex(b) : plain ? String.fromCharCode(b) : '␣')));
          if (gap) i += skip - 1;
        }
      });
      return out;
    }

    draw() {
      const { at, run } = this, k = +at.range.value, now = this.states[k], step = /** @type {Run} */ (run).steps[k];
      const receiving = step.who !== 'sender', last = k === this.states.length - 1;
      at.step.textContent = `step ${k + 1} of ${this.states.length}`;
      at.range.setAttribute('aria-valuetext', at.step.textContent);
      at.messages.replaceChildren(...this.sends.map((s, i) => h('span', { class: `svm-m m${i % 4}${s.step > k ? ' todo' : ''}${s.step === k ? ' now' : ''}` },
        h('b', {}, String(i + 1)), h('code', { class: 'nohighlight' }, `"${short(s.text)}"`), h('small', {}, s.step > k ? 'not sent yet' : size(s.to - s.from)))));
      const taken = this.takes.filter(t => t.step <= k);
      at.stream.setAttribute('role', 'img');
      at.stream.setAttribute('aria-label', `${size(now.sent)} sent, ${now.taken} taken by ${taken.length} recv`);
      at.stream.replaceChildren(...this.cells(0, this.stream.length, (i, cell) => {
        const r = taken.findIndex(t => i < t.to), t = taken[r];
        cell.classList.add(i >= now.sent ? 'todo' : t ? 'taken' : 'here');
        if (i >= now.sent) cell.textContent = '';
        if (t) cell.classList.add('r', ...(t.step === k ? ['now'] : []));
        if (t && i === t.from) { cell.classList.add('rs'); cell.dataset.r = String(r + 1); }
        if (t && i === t.to - 1) cell.classList.add('re');
        return cell;
      }));
      at.sum.textContent = `${size(now.sent)} sent · ${now.taken} taken in ${taken.length} recv · ${now.sent - now.taken} waiting`;
      const show = (/** @type {any} */ box, /** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ none) => {
        box.setAttribute('aria-label', to > from ? size(to - from) : none);
        box.replaceChildren(...(to > from ? this.cells(from, to) : [none]));
      };
      show(at.took, now.from, now.taken, receiving ? '0 bytes' : 'not called');
      show(at.kept, now.taken - now.kept, now.taken, 'nothing');
      at.made.replaceChildren(...(now.made.length ? now.made.map(([m, right], i) => h('span', { class: `svm-made ${right ? 'right' : 'wrong'}${i >= now.fresh ? ' now' : ''}` },
        h('b', {}, right ? '✓' : '✗'), h('code', { class: 'nohighlight' }, `"${short(m)}"`), h('small', {}, right ? 'as sent' : 'never sent'))) : ['none']));
      [...at.log.children].forEach((li, i) => { li.className = `${li.classList[0]} ${i < k ? 'past' : i > k ? 'todo' : 'now'}`; });
      const wrong = now.made.slice(now.fresh).filter(m => !m[1]).length, fresh = now.made.length - now.fresh;
      let say = !receiving ? step.bytes ? 'TCP takes the bytes into the stream. It marks no boundary.' : 'Nothing moves. The sender waits.'
        : wrong ? 'The receiver takes this for a message. Nobody sent it.'
        : fresh ? `${count(fresh)}, as sent.` : now.kept ? `Not enough yet: ${size(now.kept)} kept until more arrive.` : 'No bytes: the sender has finished.';
      const bad = now.made.some(m => !m[1]) || now.made.length !== /** @type {Run} */ (run).sent.length;
      if (last) say += ` The end: ${count(/** @type {Run} */ (run).sent.length)} sent, ${now.made.length} made${bad ? '; they are not the same' : ', each as sent'}.`;
      at.say.textContent = say;
      at.say.className = 'svm-say' + (wrong || last && bad ? ' no' : receiving && fresh || last ? ' ok' : '');
    }

    // "Where would you cut?": all bytes, no colours; the reader marks the ends.
    /** @param {boolean} on */
    ask(on) {
      const at = this.at;
      this.asking = on;
      this.classList.toggle('asking', on); this.classList.remove('shown');
      at.ask.textContent = on ? 'Stop' : 'Where would you cut?';
      for (const el of [at.sender, at.receiver, at.sum, ...at.steps]) el.hidden = on;
      at.check.hidden = !on;
      if (!on) return this.draw();
      at.stream.setAttribute('role', 'group');
      at.stream.setAttribute('aria-label', 'The stream: mark the last byte of each message');
      at.stream.replaceChildren(...this.cells(0, this.stream.length, (i, cell) =>
        h('label', {}, h('input', { type: 'checkbox', class: 'svm-vh', 'aria-label': `a message ends after byte ${i + 1}, ${cell.textContent}` }), cell)));
      at.say.className = 'svm-say';
      at.say.textContent = 'All bytes have arrived. Mark the last byte of each message.';
    }

    judge() {
      const marks = [...this.at.stream.querySelectorAll('input')].map((b, i) => b.checked ? i + 1 : 0).filter(i => i && i < this.stream.length);
      const right = marks.join() === this.sends.slice(0, -1).map(s => s.to).join(), told = this.sends.every(s => s.end - s.body < s.to - s.from);
      this.classList.add('shown');
      this.at.say.className = 'svm-say ' + (right ? 'ok' : 'no');
      this.at.say.textContent = (right ? 'That is how they were sent. ' : 'They were sent otherwise: the colours show it. ')
        + (told ? 'The rule above tells where each message ends.' : 'Nothing in these bytes tells where a message ends: you can only guess.');
    }
  }
  customElements.define('sb-stream-versus-message', StreamVersusMessage);
})();
