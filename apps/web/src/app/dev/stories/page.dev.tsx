/** `/dev/stories`: parts of the page in all their states. Only `next dev` knows files of this name (next.config.ts). */
import dynamic from 'next/dynamic';

const StoryPage = dynamic(() => import('../../../dev/story-page.tsx').then((module) => module.StoryPage));

export default function Stories() {
  return <StoryPage />;
}
