package runtime

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// checkWithin bounds the answer about a channel's set-up: the network is asked two or three things.
const checkWithin = time.Minute

// answerCheck answers what the network says of a channel's set-up ([topology.CheckSubject]), and registers the webhook where
// that is asked for. It opens the account anew, apart from the one that sends: the answer is that of the settings, not of what this
// process went through with them. A channel that is not known here is [bus.ErrNotFound].
func (s *runner) answerCheck(ctx context.Context, q *livev1.CheckQuestion) (proto.Message, error) {
	c := s.channels.of(q.GetChannel())
	if c == nil {
		return nil, fmt.Errorf("channel %s: its settings cannot be used by this service: %w", q.GetChannel(), bus.ErrNotFound)
	}
	t := registration.Target{Channel: c.ID, Account: c.raw, PublicURL: s.env.PublicURL, AllowAddresses: s.env.AllowAddresses}
	var list findings
	if q.GetRegister() {
		list.ofRegistration(registration.SetUp(ctx, s.driver, t))
	}
	// what it answers then is what counts, also after it was registered
	if len(list) == 0 || list[len(list)-1].GetGood() {
		list = nil
		list.ofLook(registration.LookAt(ctx, s.driver, t))
	}
	// the last net: errors of networks hold no credential, as far as the kit sees
	for _, f := range list {
		f.En, f.Es = registration.Conceal(f.GetEn(), s.driver, c.raw), registration.Conceal(f.GetEs(), s.driver, c.raw)
	}
	return &livev1.CheckAnswer{Findings: list}, nil
}

// findings are what was looked at, in order, each in English and Spanish. An operator reads them; no credential is in them.
type findings []*livev1.Finding

func (l *findings) add(what string, good bool, en, es string) {
	*l = append(*l, &livev1.Finding{What: what, Good: good, En: en, Es: es})
}

// ofCredentials says whether the credentials are good, and whether there is more to look at.
func (l *findings) ofCredentials(refused error, checked bool, bad error) (more bool) {
	const what = "credentials"
	switch why := outcome.Classify(bad); {
	// the account could not be opened at all
	case refused != nil:
		l.add(what, false, fmt.Sprintf("refused: %v", refused), fmt.Sprintf("rechazadas: %v", refused))
	case why != nil && (why.Class == result.Suspended || why.Class == result.Rejected):
		l.add(what, false, fmt.Sprintf("refused: %v", bad), fmt.Sprintf("rechazadas: %v", bad))
	// no answer, or one that says nothing of the credentials
	case why != nil:
		l.add(what, false, fmt.Sprintf("not known: %v", bad), fmt.Sprintf("no se sabe: %v", bad))
	case checked:
		l.add(what, true, "good", "correctas")
		return true
	default:
		l.add(what, true, "not checked: the network has nothing to ask", "sin comprobar: la red no ofrece cómo preguntarlo")
		return true
	}
	return false
}

// ofLook is what the network says of credentials and webhook. Only where the credentials are good is there more to tell.
func (l *findings) ofLook(look registration.Look) {
	const what = "webhook"
	if !l.ofCredentials(look.Refused, look.Checked, look.Bad) {
		return
	}
	switch {
	case look.URL == "":
		l.add(what, true, "none: the network is listened to", "ninguno: a la red se la escucha")
	case !look.Asked:
		l.add(what, true, "not asked: the network does not tell where it calls", "sin comprobar: la red no dice adónde llama")
	case look.Unknown != nil:
		l.add(what, false, fmt.Sprintf("not known: %v", look.Unknown), fmt.Sprintf("no se sabe: %v", look.Unknown))
	case look.Good:
		l.add(what, true, "registered: "+look.URL, "registrado: "+look.URL)
	case look.Inspection.URL == "":
		l.add(what, false, "none is registered; it has to be "+look.URL+": puente setup --register", "no hay ninguno registrado; tiene que ser "+look.URL+": puente setup --register")
	case look.Inspection.URL == look.URL:
		l.add(what, false, "registered, but not as it has to be: puente setup --register puts it right", "registrado, pero no como tiene que estar: puente setup --register lo arregla")
	default:
		l.add(what, false, fmt.Sprintf("another one is registered: %s; it has to be %s: puente setup --register", look.Inspection.URL, look.URL),
			fmt.Sprintf("hay otro registrado: %s; tiene que ser %s: puente setup --register", look.Inspection.URL, look.URL))
	}
	if look.Waiting != nil {
		l.add("waiting", true, fmt.Sprintf("%d calls wait at the network", *look.Waiting), fmt.Sprintf("%d llamadas esperan en la red", *look.Waiting))
	}
	if look.LastError != "" {
		l.add("last_error", false, fmt.Sprint(look.LastError), fmt.Sprint(look.LastError))
	}
}

// ofRegistration is what became of registering the webhook; nothing more is told where all went well.
func (l *findings) ofRegistration(f registration.Finding) {
	const what = "webhook"
	if !l.ofCredentials(f.Refused, f.Checked, f.Bad) {
		return
	}
	switch {
	case f.URL == "":
		l.add(what, true, "none: the network is listened to", "ninguno: a la red se la escucha")
	case f.Unregistered != nil:
		l.add(what, false, fmt.Sprintf("not registered: %v", f.Unregistered), fmt.Sprintf("no registrado: %v", f.Unregistered))
	case f.Done:
		l.add(what, true, "registered: "+f.URL, "registrado: "+f.URL)
	default:
		l.add(what, false, "not registered, since "+f.Why, "no registrado: "+f.WhyEs)
	}
	if f.Todo != "" {
		l.add("todo", false, f.Todo, f.Todo)
	} else if f.URL != "" && !f.Done && f.Unregistered == nil {
		l.add("todo", false, "tell the network to call "+f.URL, "indique a la red que llame a "+f.URL)
	}
}
