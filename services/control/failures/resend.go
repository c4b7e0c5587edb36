package failures

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

var (
	textGone = stays.New("puente.text_gone", reason.Puente,
		"the network took it once, and its text is not there any more: texts are kept for {kept} (retention.sent), and for less where there is no room; the agent has to send it again",
		"la red ya lo aceptó una vez y su texto ya no está: los textos se conservan {kept} (retention.sent), y menos si no hay sitio; el agente tiene que enviarlo de nuevo")
	textNotKept = stays.New("puente.text_not_kept", reason.Puente,
		"the network took it once, and no text is kept after that (retention.sent is 0): the agent has to send it again",
		"la red ya lo aceptó una vez y después no se conserva ningún texto (retention.sent es 0): el agente tiene que enviarlo de nuevo")
	fileGone = stays.New("puente.file_gone", reason.Puente,
		"the file of its attachment is not there any more: files are kept for 30 days; the agent has to send it again",
		"el archivo adjunto ya no está: los archivos se conservan 30 días; el agente tiene que enviarlo de nuevo")
	mayArriveTwice = stays.New("puente.may_arrive_twice", reason.Puente,
		"the network took it once: the contact may get it twice",
		"la red ya lo aceptó una vez: el contacto puede recibirlo dos veces")
)

// replayReceipts sends again what failed by a receipt, the oldest first, or says why not. What is on its way and is to be
// waited for is not told yet.
func (s *Service) replayReceipts(ctx context.Context, r *controlv1.ReplayFailuresRequest, t *teller) (open []*awaited, err error) {
	if !hasReceipts(r.GetFilter()) {
		return nil, nil
	}
	var all []*controlv1.Failure
	for at := (mark{}); ; {
		told, err := s.receiptsPage(ctx, r.GetFilter(), at, 1000)
		if err != nil {
			return nil, err
		}
		if all = append(all, told.page...); len(all) > mostChosen {
			return nil, connect.NewError(connect.CodeResourceExhausted, fmt.Errorf("more than %d messages failed by a receipt: choose fewer by channel, network or time", mostChosen))
		}
		if told.next == "" {
			break
		}
		at.receipts = told.next
	}
	if err := s.whose(ctx, all); err != nil {
		return nil, err
	}
	texts := sent.NewFinder(s.Bus)
	for i := len(all) - 1; i >= 0; i-- {
		o, kept := s.resend(ctx, texts, all[i], r)
		o = t.waits(o, all[i].GetNetwork())
		contact := ""
		if kept != nil {
			contact = kept.Contact(s.Bus)
		}
		if o.GetResult() == controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY && r.GetWaitSeconds() > 0 {
			a := &awaited{failure: all[i], contact: contact, twice: true}
			for _, key := range kept.Next() {
				a.subjects = append(a.subjects, topology.OutcomeSubject(all[i].GetNetwork(), all[i].GetChannel(), key))
			}
			open = append(open, a)
			continue
		}
		if err := t.tell(o, contact); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// resend sends one message again, or says what would become of it. kept is nil where there is nothing to send.
func (s *Service) resend(ctx context.Context, f *sent.Finder, x *controlv1.Failure, r *controlv1.ReplayFailuresRequest) (*controlv1.ReplayOutcome, *deadletter.Kept) {
	outcome := func(result controlv1.ReplayResult, why *reasonv1.Reason) *controlv1.ReplayOutcome {
		return &controlv1.ReplayOutcome{Failure: x, Result: result, Why: why}
	}
	kept, err := deadletter.Look(ctx, s.Bus, f, x.GetNetwork(), x.GetChannel(), x.GetId())
	switch {
	case errors.Is(err, deadletter.ErrTextGone):
		return outcome(controlv1.ReplayResult_REPLAY_RESULT_STAYS, s.whyGone(ctx)), nil
	case err != nil:
		return outcome(controlv1.ReplayResult_REPLAY_RESULT_STAYS, whyNot(err)), nil
	case !kept.Some(): // it arrived meanwhile, or what failed of it are its dead letters
		return outcome(controlv1.ReplayResult_REPLAY_RESULT_NOT_NEEDED, nil), nil
	}
	if why := s.unfit(ctx, x, kept); why != nil {
		return outcome(controlv1.ReplayResult_REPLAY_RESULT_STAYS, why), nil
	}
	o := outcome(controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO, nil)
	o.MayArriveTwice = true
	switch {
	case !r.GetAcceptDuplicates():
		o.Result, o.Why = controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT, mayArriveTwice.Proto()
		return o, kept
	case r.GetDryRun():
		return o, kept
	}
	switch again, err := deadletter.Resend(ctx, s.Bus, kept); {
	case err != nil:
		o.Result, o.Why = controlv1.ReplayResult_REPLAY_RESULT_STAYS, whyNot(err)
	case again:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY
	default:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_NOT_NEEDED
	}
	return o, kept
}

// whyGone says for how long texts are kept.
func (s *Service) whyGone(ctx context.Context) *reasonv1.Reason {
	state, err := s.Bus.State(ctx, topology.Sent.Name)
	if errors.Is(err, bus.ErrNoStream) {
		return textNotKept.Proto()
	}
	kept := state.MaxAge
	if err != nil {
		kept = topology.KeepSent
	}
	text := kept.String()
	if kept%time.Hour == 0 {
		text = fmt.Sprintf("%d h", int(kept.Hours()))
	}
	return textGone.With("kept", text).Proto()
}

// unfit is why a message cannot be sent as it is; nil where nothing is known to stand in the way. A file that is elsewhere is the
// network's to fetch: it says when it cannot.
func (s *Service) unfit(ctx context.Context, x *controlv1.Failure, kept *deadletter.Kept) *reasonv1.Reason {
	c, err := directory.Find(ctx, s.Bus, x.GetChannel())
	switch {
	case errors.Is(err, bus.ErrNotFound) || err == nil && c.Network != x.GetNetwork():
		return reason.ChannelRemoved.Proto()
	case err != nil:
		return whyNot(err)
	}
	for _, address := range kept.Files() {
		id, ours := s.fileOf(address)
		if !ours {
			continue
		}
		switch _, err := media.New(s.Bus).Stat(ctx, id); {
		case errors.Is(err, bus.ErrNotFound):
			return fileGone.Proto()
		case err != nil:
			return whyNot(err)
		}
	}
	return nil
}

// fileOf is the id of a file that is stored here, by its address.
func (s *Service) fileOf(address string) (id string, ours bool) {
	if s.PublicURL == "" {
		return "", false
	}
	u, err := url.Parse(address)
	own, ownErr := url.Parse(s.PublicURL)
	if err != nil || ownErr != nil || !strings.EqualFold(u.Host, own.Host) {
		return "", false
	}
	return strings.CutPrefix(u.Path, "/media/")
}
