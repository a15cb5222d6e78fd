/** Where a stream writes: a response or a websocket. */
export interface Sink {
  /** Takes a text for the client. False: enough is waiting, write again when `onDrain` calls. */
  write(frames: Buffer): boolean;
  /** Sends one event; false as above. */
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
  /** Something small that shows both sides that the other is there. */
  beat(): void;
  /** Says why and ends; whoever does not take even that is disconnected soon. */
  end(reason: string): void;
}
