// @ts-check
// <sb-frame-explorer>: every byte of a recorded exchange. The frames between
// the hosts, the layers of one frame, its bytes, and what each field means
// (`cargo run -p lesson-osi-layers -- dissect --json`).
// A classic script with inline data: file:// allows neither modules nor fetch.
(() => {
  'use strict';
  /** Part of a frame, from `start` up to but not including `end`. @typedef {{id: string, start: number, end: number}} Span */
  /** @typedef {{label: string, width: number, value: number}} Bits */
  /** @typedef {Span & {layer: string, value: string, bits?: Bits[]}} Field */
  /** @typedef {Span & {name: string}} Layer */
  /** @typedef {{from: string, to: string, fate?: string, summary: string, bytes: string, layers: Layer[], fields: Field[]}} Frame */
  /** What is said of a field wherever it occurs; `ask` is a question whose answer it is. @typedef {{label: string, why: string, ask?: string}} Entry */
  /** @typedef {{title: string, hosts: {name: string, address: string}[], fields: Record<string, Entry>, frames: Frame[]}} Recording */

  const { make } = sbStepper;
  let groups = 0;

  const SKELETON = `<div class=fx-head><strong></strong><span class=fx-sum></span><button class=fx-quiz></button></div>
<div class=fx-two><div class=fx-ladder><div class=fx-ends aria-hidden=true></div><div class=fx-list role=radiogroup aria-label=Frames></div><p class=fx-hint><kbd>←</kbd> <kbd>→</kbd> field &nbsp; <kbd>↑</kbd> <kbd>↓</kbd> frame</p></div>
<div class=fx-main><div class=fx-top><p class=fx-frame><b></b><span></span></p><p class=fx-say role=status></p></div>
<div class=fx-strip role=group aria-label=Layers></div>
<div class=fx-dump><div class=fx-at aria-hidden=true></div><div class=fx-hex role=radiogroup></div><div class=fx-text aria-hidden=true></div></div>
</div>
<div class=fx-foot><div class=fx-title><span class=fx-chip></span><strong class=fx-label></strong><span class=fx-place></span><button class=fx-back aria-label="Previous field">‹</button><button class=fx-on aria-label="Next field">›</button></div>
<div class=fx-what></div><div class=fx-why></div></div></div>`;

  /** A radio button for the keyboard; what lies around it is drawn. @param {string} name @param {string} label */
  const radio = (name, label) => {
    const el = /** @type {HTMLInputElement} */ (make('input', 'sb-vh'));
    el.type = 'radio';
    el.name = name;
    el.ariaLabel = label;
    return el;
  };
  const count = (/** @type {number} */ n) => `${n.toLocaleString('en')} byte${n === 1 ? '' : 's'}`;
  const place = (/** @type {Span} */ s) => s.end - s.start === 1 ? `byte ${s.start}` : `bytes ${s.start} to ${s.end - 1}`;
  const within = (/** @type {Span} */ s) => [...Array(s.end - s.start).keys()].map(k => s.start + k);

  /** @param {HTMLElement} host @param {Recording} recording */
  const start = (host, { title, hosts, fields: catalogue, frames }) => {
    const root = make('div', 'fx'), group = `fx${++groups}`;
    root.innerHTML = SKELETON;
    const part = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (root.querySelector('.fx-' + name));
    const quiz = part('quiz'), say = part('say'), list = part('list'), strip = part('strip'), hex = part('hex'), text = part('text'), back = part('back'), on = part('on'), what = part('what'), why = part('why');
    const asked = new Set();
    /** @type {Frame} */ let frame;
    /** @type {number} */ let at;
    /** The field to be found. @type {string | undefined} */ let goal;
    let question = '';

    const size = (/** @type {Frame} */ f) => f.bytes.length / 2;
    const about = (/** @type {Field} */ f) => catalogue[f.id] || { label: f.id, why: '' };
    const layer = (/** @type {Field} */ f) => frame.layers.findIndex(l => l.id === f.layer);
    const digits = (/** @type {number} */ k) => frame.bytes.slice(2 * k, 2 * k + 2);
    const inputs = (/** @type {Element} */ of) => [...of.querySelectorAll('input')];

    // One field's bits, in groups.
    const cells = (/** @type {Field} */ field) => {
      const bits = within(field).map(k => parseInt(digits(k), 16).toString(2).padStart(8, '0')).join('');
      let end = 0;
      const row = make('div', 'fx-bits', ...(field.bits || []).map(({ label, width, value }) => make('span', `fx-group${value ? ' set' : ''}${width < 3 ? ' thin' : ''}`,
        make('span', '', ...[...bits.slice(end, end += width)].map(bit => make('i', bit > '0' ? 'one' : '', bit))), make('small', '', width > 3 ? `${label} = ${value}` : label))));
      row.role = 'img';
      row.ariaLabel = (field.bits || []).map(b => `${b.label} ${b.value}`).join(', ');
      return row;
    };
    const value = (/** @type {Field} */ field) => [make('div', 'fx-value', field.value), ...field.bits ? [cells(field)] : []];

    const draw = () => {
      const field = frame.fields[at], own = layer(field), { label, why: because } = about(field);
      [...strip.children].forEach((b, k) => b.ariaCurrent = `${k === own}`);
      [...text.children].forEach((b, k) => b.classList.toggle('on', k >= field.start && k < field.end));
      inputs(hex)[at].checked = true;
      part('chip').textContent = frame.layers[own].name;
      part('title').dataset.layer = field.layer;
      part('label').textContent = label;
      part('place').textContent = place(field);
      what.replaceChildren(...value(field));
      why.textContent = because;
      back.disabled = !at;
      on.disabled = at === frame.fields.length - 1;
    };

    // A field's radio button tells its name, unless that is the question.
    const name = () => inputs(hex).forEach((input, k) => {
      const field = frame.fields[k];
      input.ariaLabel = goal ? `${place(field)}: ${within(field).map(digits).join(' ')}` : `${about(field).label}, ${place(field)}: ${field.value}`;
    });

    // While asking, the question stands where the frame's name does.
    const mode = (told = '', verdict = '') => {
      root.className = goal ? told ? 'fx asking' : 'fx asking blank' : 'fx';
      part('frame').hidden = !!(goal || told);
      say.replaceChildren(...told ? [make('b', '', told), ' '] : [], goal ? question : '');
      say.className = `fx-say ${verdict}`;
      quiz.textContent = goal ? 'Show me' : told ? 'Another' : 'Quiz me';
    };

    const show = (/** @type {number} */ chosen) => {
      const was = frame?.fields[at], number = `Frame ${chosen + 1}`;
      frame = frames[chosen];
      const { fields, layers, from, to, summary } = frame, all = size(frame), top = layers[layers.length - 1];
      inputs(list)[chosen].checked = true;
      part('frame').replaceChildren(make('b', '', `${number}: ${summary}`), make('span', '', `${from} → ${to === 'all' ? 'every host' : to}, ${count(all)}: ${layers.length > 3 ? `${top.start} of headers, ${all - top.start} of ${top.name}` : 'all of them headers'}`));
      strip.replaceChildren(...layers.map(l => {
        const button = make('button', '', make('b', '', l.name), ' ', make('span', '', `${l.end - l.start}`));
        button.dataset.layer = l.id;
        button.style.flexGrow = `${l.end - l.start}`;
        button.ariaLabel = `${l.name}, ${count(l.end - l.start)}`;
        button.onclick = () => pick(fields.findIndex(f => f.layer === l.id));
        return button;
      }));
      hex.ariaLabel = `${number}: ${summary}`;
      hex.replaceChildren(...fields.map((field, j) => {
        const input = radio(`${group}b`, '');
        input.onclick = () => pick(j, true);
        const row = make('label', '', ...within(field).map(k => byte(field, j, k, digits(k))));
        row.firstElementChild?.prepend(input);
        return row;
      }));
      text.replaceChildren(...fields.flatMap((field, j) => within(field).map(k => {
        const b = parseInt(digits(k), 16), cell = byte(field, j, k, b > 32 && b < 127 ? String.fromCharCode(b) : b === 32 ? '␣' : '·');
        cell.onclick = () => pick(j, true);
        return cell;
      })));
      part('at').replaceChildren(...[...Array(Math.ceil(all / 8)).keys()].map(r => make('span', '', (8 * r).toString(16).padStart(4, '0'))));
      // The same field, so that one sees how it changes; or the bits.
      const same = [fields.findIndex(f => f.id === was?.id), fields.findIndex(f => f.layer === was?.layer), fields.map(f => !!f.bits).lastIndexOf(true), 0];
      at = same.find(j => j >= 0) || 0;
      if (goal) ask();
      else {
        mode();
        name();
      }
      draw();
    };

    const byte = (/** @type {Field} */ field, /** @type {number} */ j, /** @type {number} */ k, /** @type {string} */ shown) => {
      const cell = make('span', `fx-b${j % 2 ? ' odd' : ''}${k === field.start ? ' first' : ''}${k === field.end - 1 ? ' last' : ''}${k % 16 === 8 ? ' half' : ''}`, shown);
      cell.dataset.layer = field.layer;
      return cell;
    };

    // Moves to a field; while asking, `answer` says that this is it.
    const pick = (/** @type {number} */ j, answer = false) => {
      const field = frame.fields[j];
      if (!field) return;
      at = j;
      if (goal && answer) {
        const found = field.id === goal;
        if (found) end();
        mode(`${found ? 'Right' : 'No, that is'}: ${about(field).label}.`, found ? 'ok' : 'no');
      } else mode();
      draw();
    };

    // A question about this frame that has not been asked yet, if there is one.
    const ask = () => {
      const once = frame.fields.filter(f => frame.fields.filter(other => other.id === f.id).length === 1);
      const all = once.flatMap(f => {
        const of = frame.layers[layer(f)].name, { label, ask } = about(f);
        return [[f.id, ask || `${of}: which bytes hold “${label}”?`],
          ...(f.bits || []).filter(b => !/reserved|unused/i.test(b.label)).map(b => [f.id, `${of}: which bytes hold the bit${b.width > 1 ? 's' : ''} “${b.label}”?`])];
      });
      const fresh = all.filter(q => !asked.has(q[1])), pool = fresh.length ? fresh : all;
      [goal, question] = pool[Math.floor(Math.random() * pool.length)];
      asked.add(question);
      mode();
      name();
    };
    const end = () => {
      goal = undefined;
      name();
    };

    quiz.onclick = () => {
      if (!goal) return ask();
      at = frame.fields.findIndex(f => f.id === goal);
      end();
      mode(`It is here: ${about(frame.fields[at]).label}.`);
      draw();
    };
    back.onclick = () => pick(at - 1);
    on.onclick = () => pick(at + 1);

    // mdBook takes ← → s / ? for itself, whatever has the focus.
    host.onkeydown = e => {
      if (!/^(Arrow.*|Home|End|Enter|[s/? ])$/i.test(e.key)) return;
      e.stopPropagation();
      const focus = /** @type {HTMLInputElement} */ (e.target), inside = hex.contains(focus), across = /Left|Right/.test(e.key), d = /Left|Up/.test(e.key) ? -1 : 1;
      if (list.contains(focus) || !inside && !across) return;
      const chosen = frames.indexOf(frame) + d;
      if (across) pick(at + d);
      else if (/Arrow/.test(e.key)) frames[chosen] && show(chosen);
      else if (/Home|End/.test(e.key)) pick(e.key === 'Home' ? 0 : frame.fields.length - 1);
      else if (/Enter| /.test(e.key)) pick(at, true);
      else return;
      e.preventDefault();
      if (inside) inputs(hex)[at].focus();
    };

    part('head').firstElementChild?.append(title);
    part('sum').textContent = `${frames.length} frames, ${count(frames.reduce((sum, f) => sum + size(f), 0))}`;
    part('ends').append(...hosts.map(h => make('span', '', make('b', '', h.name), make('span', '', h.address))));
    const column = (/** @type {string} */ name) => hosts.findIndex(h => h.name === name), last = hosts.length - 1;
    list.style.setProperty('--hosts', `${last}`);
    list.append(...hosts.map((_, i) => {
      const line = make('i', 'fx-line');
      line.style.setProperty('--from', `${i}`);
      return line;
    }), ...frames.map((f, i) => {
      const from = column(f.from), all = f.to === 'all', lost = f.fate === 'lost', input = radio(`${group}f`, `Frame ${i + 1}: ${f.summary}, from ${f.from} to ${f.to}${lost ? ', lost' : ''}`);
      input.onchange = () => show(i);
      const row = make('label', 'fx-row', input, make('b', '', `${i + 1}`), ...(all ? [0, last].filter(to => to !== from) : [column(f.to)]).map(to => {
        const arrow = make('span', `fx-arrow${to < from ? ' left' : ''}${all ? ' all' : ''}${lost ? ' lost' : ''}${f.layers.length > 3 ? ' data' : ''}`);
        arrow.style.setProperty('--from', `${Math.min(from, to)}`);
        arrow.style.setProperty('--to', `${Math.max(from, to)}`);
        return arrow;
      }), make('span', 'fx-summary', f.summary));
      row.style.setProperty('--from', `${from}`);
      return row;
    }));
    root.style.setProperty('--rows', `${Math.ceil(Math.max(...frames.map(size)) / 16)}`);
    show(Math.max(0, frames.findIndex(f => f.layers.length > 3)));
    host.append(root);
  };

  customElements.define('sb-frame-explorer', class extends HTMLElement {
    connectedCallback() {
      const data = this.querySelector('script');
      if (data && !this.querySelector('.fx')) start(this, JSON.parse(data.text)[0]);
    }
  });
})();
