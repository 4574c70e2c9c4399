// What every runtime we use has, for the type check of code that runs anywhere (it sees neither DOM nor Node types).
declare class TextEncoder { encode(text?: string): Uint8Array<ArrayBuffer> }
declare class TextDecoder { constructor(label?: string, options?: { fatal?: boolean }); decode(bytes?: Uint8Array): string }
declare function atob(base64: string): string
declare function btoa(binary: string): string
declare const crypto: { getRandomValues<T extends Uint8Array>(bytes: T): T }
