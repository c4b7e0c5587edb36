package system

import (
	"context"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/audit"
	"github.com/bonychat/puente/services/control/page"
)

// ListAudit implements the API.
func (s *Service) ListAudit(ctx context.Context, r *connect.Request[controlv1.ListAuditRequest]) (*connect.Response[controlv1.ListAuditResponse], error) {
	before, err := page.Place(r.Msg.GetPageToken())
	if err != nil {
		return nil, err
	}
	q := audit.Query{Actor: r.Msg.GetActor(), Target: r.Msg.GetTarget(), Before: before, Limit: page.Size(r.Msg.GetPageSize()), WithoutPreviews: r.Msg.GetWithoutPreviews()}
	if since := r.Msg.GetSince(); since != nil {
		q.Since = since.AsTime()
	}
	records, next, err := s.Audit.List(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &controlv1.ListAuditResponse{NextPageToken: page.Token(next)}
	for _, a := range records {
		answer.Acts = append(answer.Acts, &controlv1.Act{
			Time: a.GetAt(), Actor: a.GetActor(), Role: a.GetRole(), From: a.GetFrom(), Procedure: a.GetProcedure(),
			Target: a.GetTarget(), Detail: a.GetDetail(), Outcome: a.GetOutcome(), Reason: a.GetReason(),
		})
	}
	return connect.NewResponse(answer), nil
}
