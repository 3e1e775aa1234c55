// What a customer does in a browser, over HTTP.

import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

export function createCustomer(shopUrl: string) {
  async function read(url: string, language = 'en'): Promise<string> {
    return (await fetch(url, { headers: { 'Accept-Language': language } })).text();
  }

  return {
    /** The text of a page. */
    read,

    /** Opens the checkout; gives the id of the order, which stands in its form. */
    async openCheckout(): Promise<string> {
      const page = await read(shopUrl);
      return /name="order" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page);
    },

    /** Presses the button; gives the page that it leads to. */
    async pay(order: string, phone = '+256 772 123 456'): Promise<string> {
      const body = new URLSearchParams({ order, phone });
      const response = await fetch(`${shopUrl}/pay`, { method: 'POST', body, redirect: 'manual' });
      assert.equal(response.status, 303);
      return new URL(response.headers.get('location') ?? '', shopUrl).href;
    },

    /** Stays on a page until it says so. */
    async waitFor(url: string, text: string): Promise<void> {
      while (!(await read(url)).includes(text)) await setTimeout(100);
    },
  };
}
