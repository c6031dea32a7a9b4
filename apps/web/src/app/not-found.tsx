/** Any address that leads nowhere. */
import { Message } from '../components/ui/message.tsx';
import { strings } from '../strings.ts';

export default function NotFound() {
  return <Message title={strings.notFound.title} text={strings.notFound.text} />;
}
