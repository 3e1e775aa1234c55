/// <reference path="./raw.d.ts" />
import connectionJs from './page/connection.js?raw';
import domJs from './page/dom.js?raw';
import faultsJs from './page/faults.js?raw';
import indexHtml from './page/index.html?raw';
import listsJs from './page/lists.js?raw';
import mainJs from './page/main.js?raw';
import phoneCss from './page/phone.css?raw';
import phoneJs from './page/phone.js?raw';
import phoneSvg from './page/phone.svg?raw';
import wordsJs from './page/words.js?raw';

interface Asset {
  readonly type: string;
  readonly text: string;
}

const script = (text: string): Asset => ({ type: 'text/javascript; charset=utf-8', text });

/** The phone page and what it is made of, by path. */
export const assets: Readonly<Record<string, Asset>> = {
  '/': { type: 'text/html; charset=utf-8', text: indexHtml },
  '/_phone/phone.css': { type: 'text/css; charset=utf-8', text: phoneCss },
  '/_phone/phone.svg': { type: 'image/svg+xml', text: phoneSvg },
  '/_phone/connection.js': script(connectionJs),
  '/_phone/dom.js': script(domJs),
  '/_phone/faults.js': script(faultsJs),
  '/_phone/lists.js': script(listsJs),
  '/_phone/main.js': script(mainJs),
  '/_phone/phone.js': script(phoneJs),
  '/_phone/words.js': script(wordsJs),
};

/** Nothing from elsewhere runs or shows on the page, and no other page may frame it. */
export const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;
