package proof

// Cause is why a call is refused. The zero value means that it is not. Package webhook has further ones, of what a proof has
// no say in.
type Cause string

// The causes that a proof refuses a call for.
const (
	Authentic Cause = ""         // not refused
	Unsigned  Cause = "unsigned" // it holds no credential at all
	Forged    Cause = "forged"   // its credential is wrong, or does not belong to it
	Stale     Cause = "stale"    // authentic, but too old or from the future
)
