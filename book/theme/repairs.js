// @ts-check
// Repairs to stock mdBook's markup, found with axe-core.
(() => {
  'use strict';
  /** @param {string} selector */
  const all = selector =>
    /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));

  // The sidebar's toggle is a <label>, which no keyboard can reach.
  const label = document.querySelector('#mdbook-sidebar-toggle');
  const box = /** @type {HTMLInputElement | null} */ (
    document.querySelector('#mdbook-sidebar-toggle-anchor'));
  if (label && box) {
    const button = document.createElement('button');
    for (const { name, value } of label.attributes) {
      if (name !== 'for') button.setAttribute(name, value);
    }
    button.type = 'button';
    button.append(...label.childNodes);
    label.replaceWith(button);
    const sync = () =>
      button.setAttribute('aria-expanded', String(box.checked));
    button.addEventListener('click', () => box.click());
    box.addEventListener('change', sync);
    sync();
  }

  // Nothing may lie outside of all landmarks.
  document.querySelector('#mdbook-menu-bar')?.setAttribute('role', 'banner');

  for (const task of all('main li > input[type=checkbox][disabled]')) {
    const text = task.parentElement?.textContent?.trim() || 'task';
    task.setAttribute('aria-label', text.slice(0, 80));
  }

  // What scrolls must be reachable by keyboard, and only that. There ← and →
  // scroll, and don't turn pages.
  const areas = 'main pre > code, main .table-wrapper';
  const reachable = () => {
    for (const area of all(areas)) {
      const scrolls = area.scrollWidth > area.clientWidth
        || area.scrollHeight > area.clientHeight + 1;
      if (scrolls) area.tabIndex = 0;
      else area.removeAttribute('tabindex');
    }
  };
  reachable();
  addEventListener('resize', reachable);
  document.addEventListener('toggle', reachable, true);
  document.addEventListener('keydown', event => {
    const inside = /** @type {Element} */ (event.target).matches(areas);
    if (inside && /^Arrow/.test(event.key)) event.stopPropagation();
  }, true);
})();
