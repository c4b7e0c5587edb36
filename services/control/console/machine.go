package console

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/services/control/auth"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// systemBody is what the bridge runs on.
type systemBody struct {
	Status    *controlv1.StatusResponse
	Processes []*controlv1.Process
	Streams   []*controlv1.Stream
	FarEnds   []*controlv1.FarEnd
}

func (c *Console) system(q *request) (*page, error) {
	b := &systemBody{}
	err := together(
		func() (err error) {
			b.Status, err = ask(q.ctx, c.api.system.Status, &controlv1.StatusRequest{})
			return err
		},
		func() error {
			a, err := ask(q.ctx, c.api.system.Processes, &controlv1.ProcessesRequest{})
			b.Processes = a.GetProcesses()
			return err
		},
		func() error {
			a, err := ask(q.ctx, c.api.system.Streams, &controlv1.StreamsRequest{})
			b.Streams = a.GetStreams()
			return err
		},
		func() error {
			a, err := ask(q.ctx, c.api.system.Backlog, &controlv1.BacklogRequest{})
			b.FarEnds = a.GetFarEnds()
			return err
		},
	)
	return &page{name: "system", Title: q.W.System.Title, Tab: "system", Command: "puente status", Body: b}, err
}

// Differ says that a stream is not as this version wants it.
func (b *systemBody) Differ() bool {
	return slices.ContainsFunc(b.Streams, func(s *controlv1.Stream) bool { return len(s.GetDiffers()) > 0 })
}

// Room is how much a stream may hold, and what is free of it.
func (q *request) Room(s *controlv1.Stream) string {
	return q.format(q.W.System.Room, q.Bytes(s.GetLimit()), q.Bytes(s.GetLimit()-min(s.GetBytes(), s.GetLimit())))
}

// Fill is how full a stream is, 0 to 100; -1 where it has no limit.
func (q *request) Fill(s *controlv1.Stream) int {
	if s.GetLimit() == 0 {
		return -1
	}
	return int(100 * min(float64(s.GetBytes())/float64(s.GetLimit()), 1))
}

// Bytes is a size for people, by powers of 1000.
func (q *request) Bytes(n uint64) string {
	const units = "kMGTP"
	if n < 1000 {
		return q.format("%d B", n)
	}
	f, i := float64(n)/1000, 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	return q.format("%s %cB", q.short(f), units[i])
}

// auditShown is how many acts a page lists.
const auditShown = 100

// auditBody is what operators did.
type auditBody struct {
	Actor, Target string
	// Previews says that what only looked is listed too.
	Previews bool
	Acts     []*controlv1.Act
	Next     string
}

func (c *Console) audit(q *request) (*page, error) {
	v := q.r.URL.Query()
	b := &auditBody{Actor: strings.TrimSpace(v.Get("actor")), Target: strings.TrimSpace(v.Get("target")), Previews: v.Get("previews") == "1"}
	a, err := ask(q.ctx, c.api.system.ListAudit, &controlv1.ListAuditRequest{Actor: b.Actor, Target: b.Target, PageSize: auditShown, PageToken: v.Get("page"), WithoutPreviews: !b.Previews})
	if err != nil {
		return nil, err
	}
	b.Acts = a.GetActs()
	if a.GetNextPageToken() != "" {
		b.Next = q.here("page", a.GetNextPageToken())
	}
	p := &page{name: "audit", Title: q.W.Audit.Title, Tab: "audit", Command: "puente audit", Body: b}
	for _, flag := range []struct{ name, value string }{{"actor", b.Actor}, {"target", b.Target}} {
		if plain.MatchString(flag.value) {
			p.Command += " --" + flag.name + " " + flag.value
		}
	}
	if b.Previews {
		p.Command += " --previews"
	}
	return p, nil
}

// DoneBy is what was done, in words, for a procedure that has some.
func (q *request) DoneBy(a *controlv1.Act) string {
	name := a.GetProcedure()[strings.LastIndex(a.GetProcedure(), "/")+1:]
	if text := q.W.Audit.Looks[name]; text != "" && looked(a) {
		return text
	}
	if text := q.W.Audit.Procedures[name]; text != "" {
		return text
	}
	if _, known := auth.ProcedureOf(a.GetProcedure()); known {
		return name
	}
	return q.W.Audit.Unknown
}

// ourMessage is the id of a message, or the key of what failed of one.
var ourMessage = regexp.MustCompile(`^([0-9a-f]{32})(-[0-9]+-[0-9a-z]+)?$`)

// TargetHref is the page of what an act was about; "" where there is none.
func (q *request) TargetHref(a *controlv1.Act) string {
	name := a.GetProcedure()[strings.LastIndex(a.GetProcedure(), "/")+1:]
	if m := ourMessage.FindStringSubmatch(a.GetTarget()); m != nil {
		return messageHref(m[1])
	}
	number, err := strconv.ParseUint(a.GetTarget(), 10, 64)
	switch {
	case a.GetTarget() == "" || !plain.MatchString(a.GetTarget()):
		return ""
	case name == "ShowDeadLetter" && err == nil:
		return letterPath(number)
	default:
		return channelHref(a.GetTarget())
	}
}

// looked says that an act changed nothing, and was to change nothing: a preview.
func looked(a *controlv1.Act) bool {
	return slices.Contains(strings.Split(a.GetDetail(), ", "), "dry run")
}

// OutcomeOf is what came of an act.
func (q *request) OutcomeOf(a *controlv1.Act) lamp {
	switch a.GetOutcome() {
	case "ok":
		if looked(a) {
			return lamp{"", q.W.Audit.Looked}
		}
		return lamp{"good", q.W.Audit.Done}
	case "begun":
		return lamp{"warn", q.W.Audit.Begun}
	case "not_done":
		return lamp{"bad", q.W.Audit.NotDone}
	case "canceled", "deadline_exceeded", "unavailable", "internal", "unknown", "aborted": // it was let in, and went wrong on the way
		return lamp{"bad", q.W.Audit.BrokeOff + ": " + cmp.Or(q.W.Audit.Codes[a.GetOutcome()], a.GetOutcome())}
	default:
		return lamp{"bad", q.W.Audit.Refused + ": " + cmp.Or(q.W.Audit.Codes[a.GetOutcome()], a.GetOutcome())}
	}
}
