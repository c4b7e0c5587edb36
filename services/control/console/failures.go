package console

import (
	"cmp"
	"net/url"

	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// failuresShown is how many failures a page lists.
const failuresShown = 100

// failuresPath is where the failures are.
const failuresPath = Path + "failures"

// replayPath is where they are sent again.
const replayPath = failuresPath + "/replay"

// failuresBody is the page of what did not arrive, by reason or one by one.
type failuresBody struct {
	Choice choice
	Groups []failureGroup
	Total  uint64
	List   []*controlv1.Failure
	Listed bool
	// Resent says that it is what failed and was sent again; of the page by reason, how many that are is in MoreResent, and
	// SeeResent lists them.
	Resent     bool
	MoreResent uint64
	SeeResent  string
	Next       string
	ByReason   string
	// Here is what the list was chosen by.
	Here string
	// OfContact is the contact that is chosen, and Everybody the list without that choice; nil for all.
	OfContact     *whose
	Everybody     string
	Faults, Kinds []option
	Sinces        []option
}

// failureGroup is a reason with what failed by it.
type failureGroup struct {
	*controlv1.FailureGroup
	// Value stands for it in a form, Href lists what is in it.
	Value, Href string
}

// option is a value that can be chosen.
type option struct {
	Value, Text string
	Chosen      bool
}

func options(values []string, texts map[string]string, chosen string) (all []option) {
	for _, v := range values {
		all = append(all, option{v, cmp.Or(texts[v], v), v == chosen})
	}
	return all
}

// failures is what did not arrive, by reason.
func (c *Console) failures(q *request) (*page, error) {
	ch := readChoice(q.r.URL.Query(), "24h")
	a, err := ask(q.ctx, c.api.failures.SummarizeFailures, &controlv1.SummarizeFailuresRequest{Filter: ch.filter(q.Now)})
	if err != nil {
		return nil, err
	}
	b := q.failuresBody(ch)
	b.Total, b.MoreResent = a.GetTotal(), a.GetResent()
	for _, g := range a.GetGroups() {
		of := ch
		of.Reason, of.Kind = cmp.Or(g.GetWhy().GetCode(), g.GetWhy().GetEn()), terms.EnumWord(g.GetKind())
		b.Groups = append(b.Groups, failureGroup{g, url.Values{"reason": {of.Reason}, "kind": {of.Kind}}.Encode(), failuresPath + "/list?" + of.values().Encode()})
	}
	p := &page{name: "failures", Title: q.W.Failures.Title, Tab: "failures", Command: "puente failures --by reason" + ch.flags(), Body: b}
	return p.chosenNone(q), nil
}

// chosenNone has a list say that nothing was ticked in it.
func (p *page) chosenNone(q *request) *page {
	if q.r.URL.Query().Get("chosen") == "none" {
		p.Notice, p.NoticeMood = q.W.Failures.NothingChosen, "warn"
	}
	return p
}

// failureList is what did not arrive, one by one.
func (c *Console) failureList(q *request) (*page, error) {
	ch := readChoice(q.r.URL.Query(), "24h")
	resent := q.r.URL.Query().Get("resent") == "1"
	a, err := ask(q.ctx, c.api.failures.ListFailures, &controlv1.ListFailuresRequest{Filter: ch.filter(q.Now), PageSize: failuresShown, PageToken: q.r.URL.Query().Get("page"), Resent: resent})
	if err != nil {
		return nil, err
	}
	b := q.failuresBody(ch)
	b.List, b.Listed, b.Resent, b.Here = a.GetFailures(), true, resent, ch.values().Encode()
	if ch.Contact != "" {
		of := q.WhoseIs(ch.Channel, "", ch.Contact)
		if len(b.List) > 0 {
			of = q.ContactOfFailure(b.List[0])
		}
		b.OfContact, b.Everybody = &of, q.here("contact", "")
	}
	if a.GetNextPageToken() != "" {
		b.Next = q.here("page", a.GetNextPageToken())
	}
	p := &page{name: "failures", Title: q.W.Failures.Title, Tab: "failures", Command: "puente failures" + ch.flags(), Body: b}
	if resent {
		p.Title, p.Command = q.W.Failures.ResentTitle, "puente failures --resent"+ch.flags()
	}
	return p.chosenNone(q), nil
}

func (q *request) failuresBody(ch choice) *failuresBody {
	all := ch
	all.Reason = ""
	again := ch.values()
	again.Set("resent", "1")
	return &failuresBody{
		SeeResent: failuresPath + "/list?" + again.Encode(),
		Choice:    ch, ByReason: failuresPath + "?" + all.values().Encode(),
		Faults: options(wordsOf(reasonv1.Fault(0).Descriptor()), q.W.Faults, ch.Fault),
		Kinds:  options(wordsOf(controlv1.FailureKind(0).Descriptor()), q.W.Kinds, ch.Kind),
		Sinces: options([]string{"1h", "24h", "7d", "all"}, q.W.Failures.Sinces, ch.Since),
	}
}

// StateOfFailure is how something stands that was sent again.
func (q *request) StateOfFailure(f *controlv1.Failure) lamp {
	l := q.StandsAs(&controlv1.Message{State: f.GetState()})
	if why := q.Reason(f.GetWaitsFor()); why != "" {
		l.Word += ": " + why
	}
	return l
}

// KindOf says how it is known that something failed, WhoseOf who can change the cause.
func (q *request) KindOf(k controlv1.FailureKind) string {
	return cmp.Or(q.W.Kinds[terms.EnumWord(k)], q.W.Unknown)
}

func (q *request) WhoseOf(r *reasonv1.Reason) string {
	return cmp.Or(q.W.Faults[terms.EnumWord(r.GetFault())], q.W.Unknown)
}

// AdviceOf says what can be done about something that failed.
func (q *request) AdviceOf(k controlv1.FailureKind, r *reasonv1.Reason) string {
	w := q.W.Failures
	if k == controlv1.FailureKind_FAILURE_KIND_UNREADABLE {
		return w.AdviceUnreadable
	}
	return map[reasonv1.Fault]string{
		reasonv1.Fault_FAULT_CONTACT: w.AdviceContact, reasonv1.Fault_FAULT_AGENT: w.AdviceAgent, reasonv1.Fault_FAULT_SETUP: w.AdviceSetup,
		reasonv1.Fault_FAULT_NETWORK: w.AdviceNetwork, reasonv1.Fault_FAULT_PUENTE: w.AdvicePuente,
	}[r.GetFault()]
}
