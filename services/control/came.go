package control

import (
	"fmt"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// came is how much came of an act, for the audit; "" where its request says all. It holds numbers and words of ours alone. The
// last answer of a replay that broke off is no sum, and tells nothing.
func came(answer any) string {
	some := func(n uint64, what string) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf("%d %s", n, what)
	}
	switch a := answer.(type) {
	case *controlv1.ReplayFailuresResponse:
		s := a.GetSum()
		if s == nil {
			return ""
		}
		told := words(
			some(s.GetWouldGo(), "would go"), some(s.GetSent(), "taken"), some(s.GetOnTheirWay(), "on their way"), some(s.GetWait(), "wait"),
			some(s.GetFailedAgain(), "failed again"), some(s.GetNotNeeded(), "not needed"), some(s.GetLeftOut(), "left out"), some(s.GetStay(), "stay"),
		)
		if told == "" {
			return "nothing fitted"
		}
		return told
	case *controlv1.DiscardFailuresResponse:
		return some(a.GetDiscarded(), "letters")
	case *controlv1.ChangeChannelResponse: // fields of ours, and those that a network declares
		var fields []string
		for _, c := range a.GetChanges() {
			fields = append(fields, c.GetField())
		}
		return words(fields...)
	}
	return ""
}

// notDone says that an act ended without an error and did not happen all the same: the answer says so, and the audit has to. A dry
// run has done what was asked for. request and answer are those of one procedure; a stream's last answer sums it up.
func notDone(request, answer any) bool {
	switch a := answer.(type) {
	case *controlv1.RegisterChannelResponse:
		for _, f := range a.GetFindings() {
			if what := f.GetWhat(); !f.GetGood() && (what == "webhook" || what == "credentials") { // another may be what is left to do
				return true
			}
		}
	case *controlv1.ResumeChannelResponse:
		return !a.GetWasPaused()
	case *controlv1.AddChannelResponse:
		return len(a.GetWritten()) == 0
	case *controlv1.ChangeChannelResponse:
		r, _ := request.(*controlv1.ChangeChannelRequest)
		return !r.GetDryRun() && len(a.GetWritten()) == 0
	case *controlv1.DiscardFailuresResponse:
		return a.GetDiscarded() == 0
	case *controlv1.ReplayFailuresResponse:
		r, _ := request.(*controlv1.ReplayFailuresRequest)
		s := a.GetSum()
		return !r.GetDryRun() && s.GetOnTheirWay()+s.GetSent()+s.GetFailedAgain()+s.GetWait() == 0
	}
	return false
}

// codeIn is the code of a reason that a replay was asked for by, if an answer of it tells of something with that code. Any other
// text that it was asked for by is a stranger's.
func codeIn(request, answer any) string {
	r, _ := request.(*controlv1.ReplayFailuresRequest)
	a, _ := answer.(*controlv1.ReplayFailuresResponse)
	code := r.GetFilter().GetReason()
	if code == "" || a.GetOutcome().GetFailure().GetWhy().GetCode() != code {
		return ""
	}
	return code
}
