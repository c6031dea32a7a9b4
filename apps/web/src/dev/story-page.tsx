/** One story, or the list of all. `#name` chooses, so that going from one to the next loads nothing. */
'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { STORIES } from './stories.tsx';

/** Server text, clocks and stored choices differ from run to run; a story begins with none of them. */
function forgetChoices(): void {
  localStorage.clear();
  sessionStorage.clear();
}

function List(): ReactNode {
  return (
    <main className="mx-auto max-w-2xl p-6">
      <h1 className="lettering text-2xl">Stories</h1>
      <ul className="mt-4 columns-2">
        {Object.keys(STORIES).map((name) => (
          <li key={name}>
            <a className="text-accent underline underline-offset-4" href={`#${name}`}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </main>
  );
}

export function StoryPage() {
  const [name, setName] = useState('');
  useEffect(() => {
    const follow = () => {
      forgetChoices();
      setName(window.location.hash.slice(1));
    };
    follow();
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const story = STORIES[name];
  return (
    <div key={name} data-story={name} data-stories={Object.keys(STORIES).join(' ')}>
      {story === undefined ? <List /> : story()}
    </div>
  );
}
