package translator

import (
	"context"
	"strings"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// measure counts a receipt that brought news, and the failure that it tells.
func (t *Translator) measure(ctx context.Context, c change, s *indexv1.State) {
	status := strings.ToLower(strings.TrimPrefix(c.Status.String(), "STATUS_"))
	t.bus.Meter().Receipt(ctx, s.GetNetwork(), status, time.Since(s.GetAcceptedAt().AsTime()))
	if c.Status == eventv1.Status_STATUS_FAILED {
		t.bus.Meter().Failed(ctx, s.GetNetwork(), faultOf(c.Why.Proto()), "receipt")
	}
}

// faultOf says whose fault it is, for a metric: a closed set.
func faultOf(why *reasonv1.Reason) string {
	name, known := reasonv1.Fault_name[int32(why.GetFault())]
	if !known || why.GetFault() == reasonv1.Fault_FAULT_UNSPECIFIED {
		return "unknown"
	}
	return strings.ToLower(strings.TrimPrefix(name, "FAULT_"))
}
