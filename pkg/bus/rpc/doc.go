// Package rpc asks other processes what only a running one knows: what waits in its memory, how a call is read. Nothing of it is
// stored: a [Responder] answers at once, or nobody does.
//
//	err := rpc.Call(ctx, b, topology.LaneSubject(far, channel), &livev1.LaneQuestion{}, answer)
//
//	err := rpc.Respond(ctx, b, subject, group, 0, func(ctx context.Context, q *livev1.LaneQuestion) (proto.Message, error) {
//		return answer(q)
//	})
//
// # What is promised
//
// Nothing is tried again, and nothing is kept: a question that nobody answers in time is [ErrNobody]. It may have been answered all
// the same, its answer lost on the way. So whatever changes something has to bear being asked twice.
//
// Several processes may listen on a subject. With a group one of them answers each question; without, all do, and the first answer
// counts. A process that has nothing to say returns [ErrNobody], and leaves it to the others.
//
// # What is bounded
//
// A question and an answer have almost 8 MB. A call ends with its context, or after [bus.RequestTimeout] where that has no deadline;
// the responder is told how long its asker waits, and stops then. A responder works on 8 questions at once and lets 64 wait; what
// comes beyond is not answered, so that askers cannot take a process from its work. A panic in an answer is logged and told as a
// fault. A refusal's text is cut at 1 kB, and travels: it must hold no content and no credential.
package rpc
