// Package checkup tells an operator what a network says of a channel's set-up: its credentials, and its webhook. Package registration
// asks; this package has the words, in English and Spanish. It knows no running channel.
package checkup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/reason"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Of asks the network about a channel's set-up, and has it register the webhook before where register says so. It takes as long as the
// network needs for two or three answers; the context bounds it. It opens the account anew, apart from one that sends: the answer is
// that of the settings, not of what a process went through with them. What was looked at is in order; an operator reads it, and no
// credential is in it.
func Of(ctx context.Context, d provider.Driver, t registration.Target, register bool) []*livev1.Finding {
	var list findings
	if register {
		list.ofRegistration(registration.SetUp(ctx, d, t))
	}
	// what it answers then is what counts, also after it was registered
	if len(list) == 0 || list[len(list)-1].GetGood() {
		list = nil
		list.ofLook(registration.LookAt(ctx, d, t))
	}
	list.conceal(d, t.Account)
	return list
}

// Try asks a network about the credentials of an account that need not be a channel's, for whoever types them. It opens the account for
// this alone, changes nothing, and survives a panic in the network's code. The findings hold no credential.
func Try(ctx context.Context, d provider.Driver, t registration.Target) []*livev1.Finding {
	var list findings
	look := registration.Credentials(ctx, d, t)
	list.ofCredentials(look.Refused, look.Checked, look.Bad)
	list.conceal(d, t.Account)
	return list
}

// conceal is the last net: errors of networks hold no credential, as far as the kit sees.
func (l findings) conceal(d provider.Driver, account json.RawMessage) {
	for _, f := range l {
		f.En, f.Es = registration.Conceal(f.GetEn(), d, account), registration.Conceal(f.GetEs(), d, account)
	}
}

// findings are what was looked at, in order, each in English and Spanish. An operator reads them; no credential is in them.
type findings []*livev1.Finding

// verdict is whether something is as it has to be.
type verdict struct{ good, unknown bool }

var (
	right = verdict{good: true}
	wrong = verdict{}
	// noWay is what nobody can ask for. It is no reason to say that something is wrong.
	noWay = verdict{good: true, unknown: true}
	// noAnswer is what was asked for in vain.
	noAnswer = verdict{unknown: true}
)

func (l *findings) add(what string, v verdict, en, es string) {
	*l = append(*l, &livev1.Finding{What: what, Good: v.good, Unknown: v.unknown, En: en, Es: es})
}

// inSpanish is an error with the Spanish sentence of its reason, where it has one.
func inSpanish(err error) string {
	f, ok := errors.AsType[*outcome.Failure](err)
	switch {
	case !ok || f.Reason.IsZero():
		return err.Error()
	case f.Err == nil:
		return f.Reason.Text(reason.Spanish)
	default:
		return f.Reason.Text(reason.Spanish) + ": " + f.Err.Error()
	}
}

// ofCredentials says whether the credentials are good, and whether there is more to look at.
func (l *findings) ofCredentials(refused error, checked bool, bad error) (more bool) {
	const what = "credentials"
	switch why := outcome.Classify(bad); {
	// the account could not be opened at all
	case refused != nil:
		l.add(what, wrong, fmt.Sprintf("refused: %v", refused), "rechazadas: "+inSpanish(refused))
	case why != nil && (why.Class == result.Suspended || why.Class == result.Rejected):
		l.add(what, wrong, fmt.Sprintf("refused: %v", bad), "rechazadas: "+inSpanish(bad))
	// no answer, or one that says nothing of the credentials
	case why != nil:
		l.add(what, noAnswer, fmt.Sprintf("not known: %v", bad), "no se sabe: "+inSpanish(bad))
	case checked:
		l.add(what, right, "good", "correctas")
		return true
	default:
		l.add(what, noWay, "not checked: the network has nothing to ask", "sin comprobar: la red no ofrece cómo preguntarlo")
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
		l.add(what, right, "none: the network is listened to", "ninguno: a la red se la escucha")
	case look.Unknown != nil:
		l.add(what, noAnswer, fmt.Sprintf("not known: %v", look.Unknown), "no se sabe: "+inSpanish(look.Unknown))
	case !look.Asked:
		l.add(what, noWay, "not asked: the network does not tell where it calls", "sin comprobar: la red no dice adónde llama")
	case look.Good:
		l.add(what, right, "registered: "+look.URL, "registrado: "+look.URL)
	case look.Inspection.URL == "":
		l.add(what, wrong, "none is registered; it has to be "+look.URL+": puente setup --register", "no hay ninguno registrado; tiene que ser "+look.URL+": puente setup --register")
	case look.Inspection.URL == look.URL:
		l.add(what, wrong, "registered, but not as it has to be: puente setup --register puts it right", "registrado, pero no como tiene que estar: puente setup --register lo arregla")
	default:
		l.add(what, wrong, fmt.Sprintf("another one is registered: %s; it has to be %s: puente setup --register", look.Inspection.URL, look.URL),
			fmt.Sprintf("hay otro registrado: %s; tiene que ser %s: puente setup --register", look.Inspection.URL, look.URL))
	}
	if look.Todo != "" {
		l.add("todo", noWay, look.Todo, look.Todo)
	}
	if look.Waiting != nil {
		l.add("waiting", right, fmt.Sprintf("%d calls wait at the network", *look.Waiting), fmt.Sprintf("%d llamadas esperan en la red", *look.Waiting))
	}
	if look.LastError != "" {
		l.add("last_error", wrong, fmt.Sprint(look.LastError), fmt.Sprint(look.LastError))
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
		l.add(what, right, "none: the network is listened to", "ninguno: a la red se la escucha")
	case f.Unregistered != nil:
		l.add(what, wrong, fmt.Sprintf("not registered: %v", f.Unregistered), "no registrado: "+inSpanish(f.Unregistered))
	case f.Done:
		l.add(what, right, "registered: "+f.URL, "registrado: "+f.URL)
	default:
		l.add(what, wrong, "not registered, since "+f.Why, "no registrado: "+f.WhyEs)
	}
	if f.Todo != "" {
		l.add("todo", wrong, f.Todo, f.Todo)
	} else if f.URL != "" && !f.Done && f.Unregistered == nil {
		l.add("todo", wrong, "tell the network to call "+f.URL, "indique a la red que llame a "+f.URL)
	}
}
