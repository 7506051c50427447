// Stands in for ssh2 in the bundle: the agent only speaks to Docker's local socket.
module.exports = {};
