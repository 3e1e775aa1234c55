import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { languageOf, textsOf } from '../lib/texts.ts';
import './style.css';

export async function generateMetadata() {
  const { shop } = textsOf(languageOf((await headers()).get('accept-language')));
  return { title: { default: shop, template: `%s · ${shop}` }, icons: 'data:,' };
}

export default async function Layout({ children }: { children: ReactNode }) {
  const language = languageOf((await headers()).get('accept-language'));
  return (
    <html lang={language}>
      <body>
        <header>{textsOf(language).shop}</header>
        {children}
      </body>
    </html>
  );
}
