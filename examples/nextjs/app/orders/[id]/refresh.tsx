'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** While it is on the page, the server renders the page anew every two seconds; what changed is put in place. */
export function Refresh() {
  const { refresh } = useRouter();
  useEffect(() => {
    const timer = setInterval(refresh, 2_000);
    return () => clearInterval(timer);
  }, [refresh]);
  return null;
}
