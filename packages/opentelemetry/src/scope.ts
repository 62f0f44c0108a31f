/** By which a collector knows who measured. */
export const SCOPE = '@livecall/opentelemetry';
