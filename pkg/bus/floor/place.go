package floor

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// place is one of the places in the relay, with a connection of its own.
type place struct {
	name    string
	owner   *Relay
	nc      *nats.Conn
	js      jetstream.JetStream
	slots   chan struct{} // calls under way
	reading []jetstream.ConsumeContext
}

// next is what becomes of a message: the subject, id and body of what is published.
type next struct {
	subject, id string
	body        []byte
}

// step is what a place does with a message. call says that it waits for a destination.
type step struct {
	call bool
	do   func(ctx context.Context, m jetstream.Msg) (next, error)
}

// pending is a message whose successor is published and not known to be stored.
type pending struct {
	cause  jetstream.Msg
	stored jetstream.PubAckFuture
}

// relay reads a stream and publishes what follows; nil follows nothing.
func (p *place) relay(ctx context.Context, s topology.Stream, then *step) error {
	consumer, err := p.consumer(ctx, s)
	if err != nil {
		return fmt.Errorf("consumer on %s: %w", s.Name, err)
	}
	finish := p.finisher(s.Queue)
	reading, err := consumer.Consume(func(m jetstream.Msg) {
		switch {
		case then == nil:
		case then.call:
			p.slots <- struct{}{}
			p.owner.calls.Go(func() {
				defer func() { <-p.slots }()
				p.forward(m, then, finish)
			})
		default:
			p.forward(m, then, finish)
		}
	}, jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { p.owner.fail(fmt.Errorf("read %s: %w", s.Name, err)) }))
	if err != nil {
		return fmt.Errorf("read %s: %w", s.Name, err)
	}
	p.reading = append(p.reading, reading)
	return nil
}

func (p *place) consumer(ctx context.Context, s topology.Stream) (jetstream.Consumer, error) {
	if !s.Queue {
		return p.js.OrderedConsumer(ctx, s.Name, jetstream.OrderedConsumerConfig{})
	}
	return p.js.CreateConsumer(ctx, s.Name, jetstream.ConsumerConfig{
		Durable: "floor", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: -1, MemoryStorage: true,
	})
}

func (p *place) forward(m jetstream.Msg, s *step, finish chan<- pending) {
	n, err := s.do(p.owner.ctx, m)
	if err != nil {
		p.owner.fail(fmt.Errorf("%s: %w", p.name, err))
		return
	}
	stored, err := p.js.PublishMsgAsync(message(n))
	if err != nil {
		p.owner.fail(fmt.Errorf("%s: publish: %w", p.name, err))
		return
	}
	select {
	case finish <- pending{m, stored}:
	case <-p.owner.ctx.Done():
	}
}

// finisher waits for what was published, and acknowledges its cause where the stream is a work queue.
func (p *place) finisher(acknowledge bool) chan<- pending {
	queue := make(chan pending, underWay)
	p.owner.calls.Go(func() {
		for {
			select {
			case one := <-queue:
				if !p.finish(one, acknowledge) {
					return
				}
			case <-p.owner.ctx.Done():
				return
			}
		}
	})
	return queue
}

func (p *place) finish(one pending, acknowledge bool) bool {
	select {
	case <-one.stored.Ok():
		if acknowledge {
			if err := one.cause.Ack(); err != nil {
				p.owner.fail(fmt.Errorf("%s: acknowledge: %w", p.name, err))
			}
		}
	case err := <-one.stored.Err():
		p.owner.fail(fmt.Errorf("%s: publish: %w", p.name, err))
	case <-p.owner.ctx.Done():
		return false
	}
	return true
}

func (p *place) stop() {
	for _, c := range p.reading {
		c.Stop()
	}
}

func message(n next) *nats.Msg {
	return &nats.Msg{Subject: n.subject, Data: n.body, Header: nats.Header{jetstream.MsgIDHeader: {n.id}}}
}
