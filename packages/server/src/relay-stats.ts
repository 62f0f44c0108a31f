/** How much there is of everything. */
export interface RelayStats {
  /** Pages that are connected. */
  readonly pages: number;
  /** Pages that are away, and may be back. */
  readonly away: number;
  /** Connections to the platform that are open, or being made. */
  readonly connections: number;
  /** Bytes that are kept of what the platform said. */
  readonly keptBytes: number;
  /** Bytes that wait for pages to read them, as far as it was looked at. */
  readonly unreadBytes: number;
}
