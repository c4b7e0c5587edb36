// Package rpc asks other processes what only a running one knows: what waits in its memory, how a call is read. Nothing of it is
// stored: a [Responder] answers at once, or nobody does.
//
//	err := rpc.Call(ctx, b, topology.LaneSubject(far, channel), &livev1.LaneQuestion{}, answer)
//
//	err := rpc.Respond(ctx, b, subject, group, 0, func(ctx context.Context, q *livev1.LaneQuestion) (proto.Message, error) {
//		return answer(q)
//	})
//
// A question may be answered though its asker was told otherwise. So whatever changes something has to bear being asked twice.
package rpc
