import { headers } from 'next/headers';
import { languageOf, textsOf } from '../lib/texts.ts';

export default async function NotFoundPage() {
  const { notFound } = textsOf(languageOf((await headers()).get('accept-language')));
  return (
    <main>
      <h1>{notFound}</h1>
    </main>
  );
}
