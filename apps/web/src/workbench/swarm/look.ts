/** What a person looks at in the swarm's panel. It outlives the panel, which is away while another tile has a narrow window. */
export interface SwarmLook {
  mode: 'map' | 'table';
  /** The service whose tasks stand out. */
  highlighted: string | null;
  /** The task that is open. */
  selected: string | null;
}

export const FIRST_LOOK: SwarmLook = { mode: 'map', highlighted: null, selected: null };
