package topology

// The subjects on which a running process answers questions. Nothing of them is stored. Bodies are messages of puente.live.v1.

// LaneSubject is where the process that sends for a channel is asked how messages stand there. far is the network of the
// channel, or [Platform].
func LaneSubject(far, channel string) string { return "live.lane." + far + "." + channel }

// CheckSubject is where a network's service is asked what the network says of a channel's set-up.
func CheckSubject(network string) string { return "live.check." + network }

// DecodeSubject is where a network's service is asked to read a stored call with its decoder of today.
func DecodeSubject(network string) string { return "live.decode." + network }

// RefusalsSubject is where one process of ingress is asked what it has refused.
func RefusalsSubject(instance string) string { return "live.refused." + instance }
