// Where the lab keeps its things while it runs: on a tmpfs of its own.
export const labRoot = '/run/lab';
