// The two pages, as plain HTML.

import type { Order } from './shop.ts';
import { describeOrder, formatPrice, type Language, textsOf } from './texts.ts';

type Markup = { readonly markup: string };

/** Everything put into it is escaped, but what it made itself. */
function html(strings: TemplateStringsArray, ...values: (string | Markup | undefined)[]): Markup {
  const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const parts = values.map((value) => (typeof value === 'object' ? value.markup : escaped(value ?? '')));
  return { markup: String.raw({ raw: strings }, ...parts) };
}

function page(language: Language, title: string, body: Markup, isOpen = false): string {
  const { shop } = textsOf(language);
  // Where scripts do not run.
  const reload = html`<noscript><meta http-equiv="refresh" content="5"></noscript>`;
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · ${shop}</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="data:,">
    ${isOpen ? html`${reload}<script type="module" src="/refresh.js"></script>` : undefined}
  </head>
  <body>
    <header>${shop}</header>
    ${body}
  </body>
</html>`.markup;
}

/** `orderId` is made with the page: pressing the button twice is one order. */
export function checkoutPage(
  language: Language,
  { orderId, price, hasProblem }: { orderId: string; price: Pick<Order, 'amount' | 'currency'>; hasProblem: boolean },
): string {
  const texts = textsOf(language);
  const amount = formatPrice(price, language);
  const problem = hasProblem ? html`<p class="problem" id="problem" role="alert">${texts.phoneProblem}</p>` : undefined;
  const invalid = hasProblem ? html`aria-invalid="true"` : undefined;
  const body = html`<main>
      <h1>${texts.item}</h1>
      <p class="price">${amount}</p>
      <form method="post" action="/pay">
        <input type="hidden" name="order" value="${orderId}">
        <label for="phone">${texts.phone}</label>
        <input id="phone" name="phone" type="tel" autocomplete="tel" required minlength="8" maxlength="24"
          pattern="[+ 0-9\\-]+" aria-describedby="hint problem" ${invalid}>
        <p class="hint" id="hint">${texts.phoneHint}</p>
        ${problem}
        <button>${texts.pay} ${amount}</button>
      </form>
      <p class="hint">${texts.promise}</p>
    </main>`;
  return page(language, texts.item, body);
}

export function statusPage(language: Language, order: Order): string {
  const texts = textsOf(language);
  const { look, title, text, number, phone, isOpen } = describeOrder(order, language);
  const action = {
    created: html`<form method="post" action="/pay">
        <input type="hidden" name="order" value="${order.id}">
        <button>${texts.sendAgain}</button>
      </form>`,
    failed: html`<a class="button" href="/">${texts.startAgain}</a>`,
  };
  const body = html`<main data-open="${String(isOpen)}">
      <div role="status" class="${look}">
        <span class="sign" aria-hidden="true"></span>
        <h1>${title}</h1>
        <p>${text}</p>
        ${look === 'created' || look === 'failed' ? action[look] : undefined}
      </div>
      <dl>
        <div><dt>${texts.amount}</dt><dd>${formatPrice(order, language)}</dd></div>
        <div><dt>${texts.phone}</dt><dd>${phone}</dd></div>
        <div><dt>${texts.order}</dt><dd>${number}</dd></div>
      </dl>
    </main>`;
  return page(language, title, body, isOpen);
}

export function notFoundPage(language: Language): string {
  const { notFound } = textsOf(language);
  return page(language, notFound, html`<main><h1>${notFound}</h1></main>`);
}
