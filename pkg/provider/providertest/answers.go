package providertest

import (
	"cmp"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
)

// Answers are the network's own forms of answers for which HTTP has a status, each written as an answer of a conversation. If one is "", the
// kit sends the status itself, which the network's code has to understand; with a protocol of its own ([Kit.Peer]) that case is left out.
type Answers struct {
	// Wait asks to come back in seven seconds; default 429 with Retry-After: 7.
	Wait string
	// TooMany refuses for now and says no time; default 429.
	TooMany string
	// Unauthorized refuses the credential; default 401.
	Unauthorized string
	// Broken says that the network has failed; default 500.
	Broken string
}

// told is what [Answers.Wait] asks for.
const told = 7 * time.Second

// faults are what each act is answered in place of what its conversation has, and what may become of it.
func (a Answers) faults() []stage.Fault {
	const page, none = "200\nContent-Type: text/html\n\n<html></html>", "404\nContent-Type: text/html\n\n<html>404 Not Found</html>"
	one := func(c ...result.Class) []result.Class { return c }
	return []stage.Fault{
		{Name: "a lost answer", Answer: "drop", Right: one(result.Uncertain)},
		{Name: "an answer that breaks off", Answer: "cut", Right: one(result.Uncertain), Sends: true},
		{Name: "no answer until the context ends", Answer: "hold", Right: one(result.Uncertain)},
		{Name: "a server error", Answer: cmp.Or(a.Broken, "500"), Right: one(result.Retry, result.Waiting)},
		{Name: "an answer that cannot be read", Answer: page, Right: one(result.Uncertain, result.Retry), Sends: true},
		{Name: "a proxy's page", Answer: none, Right: one(result.Retry), Sends: true},
		{Name: "a request to wait", Answer: cmp.Or(a.Wait, "429\nRetry-After: 7"), Right: one(result.Waiting), After: told},
		{Name: "too many requests", Answer: cmp.Or(a.TooMany, "429"), Right: one(result.Waiting, result.Retry)},
		{Name: "a refused credential", Answer: cmp.Or(a.Unauthorized, "401"), Right: one(result.Suspended)},
	}
}

// socketFaults are the same for what is answered over a socket.
func (a Answers) socketFaults() []stage.Fault {
	one := func(c ...result.Class) []result.Class { return c }
	faults := []stage.Fault{
		{Name: "a lost answer", Answer: "drop", Right: one(result.Uncertain)},
		{Name: "an answer that breaks off", Answer: "cut", Breaks: true, Right: one(result.Uncertain), Sends: true},
		{Name: "no answer until the context ends", Answer: "hold", Right: one(result.Uncertain)},
		{Name: "an answer that cannot be read", Answer: "garbage", Right: one(result.Uncertain, result.Retry), Sends: true},
	}
	own := func(name, answer string, after time.Duration, right ...result.Class) {
		if answer != "" {
			faults = append(faults, stage.Fault{Name: name, Answer: answer, Right: right, After: after})
		}
	}
	own("a server error", a.Broken, 0, result.Retry, result.Waiting)
	own("a request to wait", a.Wait, told, result.Waiting)
	own("too many requests", a.TooMany, 0, result.Waiting, result.Retry)
	own("a refused credential", a.Unauthorized, 0, result.Suspended)
	return faults
}
