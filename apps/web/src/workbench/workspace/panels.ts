/**
 * The form of a panel. The registry itself is components/workspace/panels.ts, since a panel's code is a component: a new panel of a
 * session is its name in strings/workbench.ts, an entry there, and its component.
 */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';
import type { WorkbenchData } from '../session/workbench-store.ts';
import type { SessionPanelKind, Tab, TabData } from './workspace-model.ts';

/** Whatever a tab can show but a terminal. */
export type PanelKind = Exclude<TabData['kind'], 'terminal'>;

/** A tab with the data of one kind. */
export type TabOf<K extends TabData['kind']> = Tab & { data: Extract<TabData, { kind: K }> };

export interface Panel<K extends PanelKind = PanelKind> {
  kind: K;
  /** What its tab is called. */
  title(data: Extract<TabData, { kind: K }>): string;
  icon: LucideIcon;
  /** Its code, which is loaded when it is shown first. */
  load(): Promise<ComponentType<{ tab: TabOf<K> }>>;
  /** Whether it opens beside the terminals, where there is room, instead of among them. */
  beside: boolean;
}

/** A panel of the whole session: it has a button and a command. */
export interface SessionPanel<K extends SessionPanelKind = SessionPanelKind> extends Panel<K> {
  /** What its button and its command are called. */
  name: string;
  /** Whether this session has it; without it, each has. */
  isThere?(data: WorkbenchData): boolean;
}

/** What a button or a command needs of it. */
export type PanelButton = Pick<SessionPanel, 'kind' | 'name' | 'icon' | 'isThere'>;

/** One entry for each kind, checked complete by its type. */
export type PanelRegistry = {
  [K in PanelKind]: K extends SessionPanelKind ? SessionPanel<K> : Panel<K>;
};
