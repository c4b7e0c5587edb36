package failures

import (
	"context"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/control/contact"
	"github.com/bonychat/puente/services/control/history"
	"github.com/bonychat/puente/services/control/page"
)

// Service is the FailureService.
type Service struct {
	Bus *bus.Bus
	// History knows what failed by a receipt.
	History History
	// PublicURL is what the addresses of stored files begin with; "" where that is not known.
	PublicURL string
	// Contacts are looked up to show the last characters of an address; nil shows none.
	Contacts contact.Book

	setup setupLetters
}

// History is what is known of messages that failed by a receipt, and of those that were sent again. Of what failed the requests ask for
// the former alone.
type History interface {
	Failures(ctx context.Context, q *controlv1.ListFailuresRequest) (page []*controlv1.Failure, next string, err error)
	Summary(ctx context.Context, q *controlv1.FailureFilter) (*controlv1.SummarizeFailuresResponse, error)
	// Resent counts what was sent again, of either kind.
	Resent(ctx context.Context, q *controlv1.FailureFilter) (uint64, error)
	// WithIDs are messages by their ids, of whichever channel; those that are not known are left out.
	WithIDs(ctx context.Context, ids []string) ([]history.Message, error)
	// OfContact are the ids of a contact's messages by the contact's key, the newest first, at most so many.
	OfContact(ctx context.Context, key string, most int) ([]string, error)
}

var _ controlv1connect.FailureServiceHandler = (*Service)(nil)

// ListFailures implements the API. What was refused is what the dead letters hold; what failed by a receipt has none.
func (s *Service) ListFailures(ctx context.Context, r *connect.Request[controlv1.ListFailuresRequest]) (*connect.Response[controlv1.ListFailuresResponse], error) {
	at, err := openMark(r.Msg.GetPageToken())
	if err != nil {
		return nil, err
	}
	filter, size := r.Msg.GetFilter(), page.Size(r.Msg.GetPageSize())
	if r.Msg.GetResent() { // of this the history knows all
		all, next, err := s.History.Failures(ctx, &controlv1.ListFailuresRequest{Filter: filter, PageSize: uint32(size), PageToken: at.receipts, Resent: true})
		if err == nil {
			err = s.whose(ctx, all)
		}
		if err != nil {
			return nil, err
		}
		s.standNow(ctx, all)
		return connect.NewResponse(&controlv1.ListFailuresResponse{Failures: all, NextPageToken: mark{lettersDone: true, receipts: next, receiptsDone: next == ""}.token()}), nil
	}
	dead, more, err := s.lettersPage(ctx, filter, at, size)
	if err != nil {
		return nil, err
	}
	told, err := s.receiptsPage(ctx, filter, at, size)
	if err != nil {
		return nil, err
	}
	answer := &controlv1.ListFailuresResponse{}
	d, t := 0, 0
	for len(answer.Failures) < size && (d < len(dead) || t < len(told.page)) {
		if t == len(told.page) || d < len(dead) && !dead[d].GetTime().AsTime().Before(told.page[t].GetTime().AsTime()) {
			answer.Failures = append(answer.Failures, dead[d])
			d++
			continue
		}
		answer.Failures = append(answer.Failures, told.page[t])
		t++
	}
	next := mark{letters: more, lettersDone: more == 0, receipts: told.next, receiptsDone: told.next == ""}
	if d < len(dead) {
		next.letters, next.lettersDone = dead[d].GetNumber()+1, false
	}
	if t < len(told.page) {
		if next.receipts, err = s.behind(ctx, filter, at, t); err != nil {
			return nil, err
		}
		next.receiptsDone = false
	}
	answer.NextPageToken = next.token()
	return connect.NewResponse(answer), s.whose(ctx, answer.GetFailures())
}

// lettersPage are the dead letters of a page, and the number before which the next page goes on.
func (s *Service) lettersPage(ctx context.Context, f *controlv1.FailureFilter, at mark, size int) (dead []*controlv1.Failure, next uint64, err error) {
	if at.lettersDone || !hasLetters(f) {
		return nil, 0, nil
	}
	next, err = s.letters(ctx, f, at.letters, func(_ deadletter.Whole, x *controlv1.Failure) error {
		if len(dead) == size {
			return bus.ErrStop
		}
		dead = append(dead, x)
		return nil
	})
	return dead, next, err
}

// told is a page of what failed by a receipt.
type told struct {
	page []*controlv1.Failure
	next string
}

func (s *Service) receiptsPage(ctx context.Context, f *controlv1.FailureFilter, at mark, size int) (t told, err error) {
	if at.receiptsDone || !hasReceipts(f) {
		return t, nil
	}
	t.page, t.next, err = s.History.Failures(ctx, &controlv1.ListFailuresRequest{Filter: ofReceipts(f), PageSize: uint32(size), PageToken: at.receipts})
	return t, err
}

// behind is the token behind the first few receipts of a page.
func (s *Service) behind(ctx context.Context, f *controlv1.FailureFilter, at mark, taken int) (string, error) {
	if taken == 0 {
		return at.receipts, nil
	}
	t, err := s.receiptsPage(ctx, f, at, taken)
	return t.next, err
}

// ofReceipts is the filter for what failed by a receipt alone.
func ofReceipts(f *controlv1.FailureFilter) *controlv1.FailureFilter {
	return &controlv1.FailureFilter{
		Channel: f.GetChannel(), Network: f.GetNetwork(), Reason: f.GetReason(), Fault: f.GetFault(), Since: f.GetSince(), Until: f.GetUntil(),
		Key: f.GetKey(), Contact: f.GetContact(), Keys: f.GetKeys(), Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT,
	}
}
