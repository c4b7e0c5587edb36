package control

import controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"

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
		return len(a.GetMistakes()) > 0
	case *controlv1.DiscardFailuresResponse:
		return a.GetDiscarded() == 0
	case *controlv1.ReplayFailuresResponse:
		r, _ := request.(*controlv1.ReplayFailuresRequest)
		s := a.GetSum()
		return !r.GetDryRun() && s.GetOnTheirWay()+s.GetSent()+s.GetFailedAgain()+s.GetWait() == 0
	}
	return false
}
