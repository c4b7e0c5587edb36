package channels

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Try asks a network about an account, a JSON object with its credentials, that no channel need have. known is false where this process
// does not know the network.
type Try func(ctx context.Context, network, channel string, account []byte) (findings []*livev1.Finding, known bool)

// tryWithin is how long a network may take to say what it thinks of credentials: somebody waits before the page.
const tryWithin = 20 * time.Second

// TryChannel implements the API.
func (s *Service) TryChannel(ctx context.Context, r *connect.Request[controlv1.TryChannelRequest]) (*connect.Response[controlv1.TryChannelResponse], error) {
	d, networks, mistakes, err := s.draft(ctx, r.Msg.GetDraft())
	if err != nil {
		return nil, err
	}
	answer := &controlv1.TryChannelResponse{Mistakes: mistakes}
	if len(mistakes) == 0 {
		answer.Findings = s.try(ctx, d.Network, d.ID, d.Reveal(networks))
	}
	return connect.NewResponse(answer), nil
}

// stop says that what a network says of credentials is a reason not to write them unasked: it refuses them, or did not answer.
func stop(findings []*controlv1.Finding) bool {
	return slices.ContainsFunc(findings, func(f *controlv1.Finding) bool { return !f.GetGood() })
}

// try asks a network about credentials. That nobody answers is a finding too.
func (s *Service) try(ctx context.Context, network, channel string, account []byte) []*controlv1.Finding {
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	if s.Try != nil {
		if findings, known := s.Try(ctx, network, channel, account); known {
			return shownFindings(findings)
		}
	}
	answer := &livev1.CheckAnswer{}
	err := rpc.Call(ctx, s.Bus, topology.CheckSubject(network), &livev1.CheckQuestion{Channel: channel, Account: account}, answer)
	unknown := func(en, es string) []*controlv1.Finding {
		return []*controlv1.Finding{{What: "credentials", Unknown: true, En: "not known: " + en, Es: "no se sabe: " + es}}
	}
	switch {
	case errors.Is(err, rpc.ErrNobody):
		return unknown(fmt.Sprintf("no service of the network %s answers", network), fmt.Sprintf("ningún servicio de la red %s responde", network))
	case err != nil || !answer.GetOfAccount(): // one of a version before
		return unknown(fmt.Sprintf("the service of the network %s gave no answer", network), fmt.Sprintf("el servicio de la red %s no ha contestado", network))
	}
	return shownFindings(answer.GetFindings())
}

// shownFindings are findings as the API tells them.
func shownFindings(all []*livev1.Finding) (findings []*controlv1.Finding) {
	for _, f := range all {
		findings = append(findings, &controlv1.Finding{What: f.GetWhat(), Good: f.GetGood(), Unknown: f.GetUnknown(), En: f.GetEn(), Es: f.GetEs()})
	}
	return findings
}
