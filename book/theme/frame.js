// @ts-check
// The book's own blocks. All of them are readable without this script, which
// makes them answer: commands that copy themselves, quizzes, predictions.
(() => {
  'use strict';

  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} name
   * @param {string} className
   * @param {(Node | string)[]} content
   * @returns {HTMLElementTagNameMap[K]}
   */
  const make = (name, className, ...content) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...content);
    return element;
  };

  // mdBook turns pages on ← and →, searches on s and /, and helps on ?,
  // wherever the focus is. Inside a block these keys belong to the block.
  const pageKeys = new Set(['ArrowLeft', 'ArrowRight', 's', 'S', '/', '?']);
  /** @param {HTMLElement} block */
  const keepKeys = block =>
    block.addEventListener('keydown', event => {
      if (pageKeys.has(event.key)) event.stopPropagation();
    });

  for (const command of document.querySelectorAll('.sb-command')) {
    const text = command.textContent || '';
    const button = make('button', 'sb-copy', 'Copy');
    button.type = 'button';
    button.setAttribute('aria-label', `Copy: ${text}`);
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'No';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    command.append(button);
  }

  let quizzes = 0;

  /** Pick an option, and read why it is right or not. */
  class Quiz extends HTMLElement {
    connectedCallback() {
      const question = this.querySelector('.sb-question');
      const options = this.querySelector('.sb-options');
      if (!question || !options || this.querySelector('form')) return;
      const name = `sb-quiz-${++quizzes}`;
      const items = [...options.children].map(
        item => this.choice(/** @type {HTMLElement} */ (item), name));
      const button = make('button', 'sb-button', 'Check');
      const verdict = make('span', '');
      const form = make('form', '',
        make('fieldset', '', make('legend', '', question), options),
        make('div', 'sb-row', button, verdict));
      verdict.setAttribute('role', 'status');
      this.append(form);
      keepKeys(this);
      form.addEventListener('change', () => {
        verdict.textContent = '';
        for (const item of items) item.hide();
      });
      form.addEventListener('submit', event => {
        event.preventDefault();
        const picked = items.find(item => item.input.checked);
        if (!picked) return;
        const right = picked.right;
        verdict.className = right ? 'sb-right' : 'sb-wrong';
        verdict.textContent = right
          ? 'Right. Read why the others are not.'
          : 'Not quite. Read why, and try again.';
        for (const item of items) if (right || item === picked) item.show();
      });
    }

    /**
     * Makes a radio button of an option, with its explanation hidden.
     * @param {HTMLElement} item
     * @param {string} name
     */
    choice(item, name) {
      const input = make('input', '');
      input.type = 'radio';
      input.name = name;
      input.required = true;
      const option = item.querySelector('.sb-option');
      const details = item.querySelector('details');
      details?.querySelector('summary')?.remove();
      const why = make('div', 'sb-why', ...(details?.childNodes || []));
      details?.remove();
      why.hidden = true;
      item.replaceChildren(make('label', '', input, option || ''), why);
      const right = item.hasAttribute('data-right');
      return {
        input, right,
        show() {
          why.hidden = false;
          item.classList.add(right ? 'sb-right' : 'sb-wrong');
          item.classList.toggle('picked', input.checked);
        },
        hide() {
          why.hidden = true;
          item.classList.remove('sb-right', 'sb-wrong', 'picked');
        },
      };
    }
  }

  /** Write down what you expect, then compare. */
  class Predict extends HTMLElement {
    connectedCallback() {
      const answer = this.querySelector('details');
      if (!answer || this.querySelector('.sb-guess')) return;
      const input = make('input', '');
      input.type = 'text';
      input.autocomplete = 'off';
      const guess = make('label', 'sb-guess', 'Your prediction', input);
      input.addEventListener('keydown', event => {
        if (event.key === 'Enter') answer.open = true;
      });
      answer.before(guess);
      keepKeys(this);
    }
  }

  customElements.define('sb-quiz', Quiz);
  customElements.define('sb-predict', Predict);

  // On paper, every answer is open.
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener('beforeprint', () => {
    const closed = document.querySelectorAll('main details:not([open])');
    opened = /** @type {HTMLDetailsElement[]} */ ([...closed]);
    for (const details of opened) details.open = true;
    for (const why of document.querySelectorAll('sb-quiz div.sb-why')) {
      why.toggleAttribute('data-was-hidden', why.hasAttribute('hidden'));
      why.removeAttribute('hidden');
    }
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    for (const why of document.querySelectorAll('[data-was-hidden]')) {
      why.setAttribute('hidden', '');
    }
  });
})();
