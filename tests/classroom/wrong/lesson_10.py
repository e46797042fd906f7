"""What students answer in lesson 10, and should not."""

import numpy as np


class Right:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def draw(self, shape):
        return (self.rng.random(shape) >= self.p) / (1 - self.p)

    def forward(self, h, training=True):
        self.mask = self.draw(h.shape) if training else np.ones(h.shape)
        return self.mask * h

    def backward(self, dy):
        return self.mask * dy


class NewMask(Right):
    def backward(self, dy):
        return self.draw(dy.shape) * dy


class NotEnlarged(Right):
    def draw(self, shape):
        return self.rng.random(shape) >= self.p


class ShrunkWhenSampling(NotEnlarged):
    def forward(self, h, training=True):
        self.mask = self.draw(h.shape) if training else np.full(h.shape, 1 - self.p)
        return self.mask * h


class ProbabilityToKeep(Right):
    def draw(self, shape):
        return (self.rng.random(shape) < self.p) / self.p


class OverP(Right):
    def draw(self, shape):
        return (self.rng.random(shape) >= self.p) / self.p


class AlwaysOn(Right):
    def forward(self, h, training=True):
        return super().forward(h)


class BackwardWithoutMask(Right):
    def backward(self, dy):
        return dy


class BackwardWithoutFactor(Right):
    def backward(self, dy):
        return (self.mask > 0) * dy


class BackwardDivides(Right):
    def backward(self, dy):
        with np.errstate(all="ignore"):
            return dy / self.mask


class WholeUnits(Right):
    def draw(self, shape):
        return (self.rng.random((shape[0], 1)) >= self.p) / (1 - self.p) * np.ones(shape)


class OneMaskForEver(Right):
    def forward(self, h, training=True):
        if not hasattr(self, "first"):
            self.first = self.draw(h.shape)
        self.mask = self.first if training else np.ones(h.shape)
        return self.mask * h


class OldMask(Right):
    def forward(self, h, training=True):
        if not training:
            return h
        return super().forward(h)


class OwnGenerator(Right):
    def draw(self, shape, rng=np.random.default_rng(0)):  # noqa: B008 - as students write it
        return (rng.random(shape) >= self.p) / (1 - self.p)


class InPlace(Right):
    def forward(self, h, training=True):
        self.mask = self.draw(h.shape) if training else np.ones(h.shape)
        h *= self.mask
        return h


def plain_descent(g, lr=0.001, eps=1e-8):
    return -lr * g


def uphill(g, lr=0.001, eps=1e-8):
    return lr * g / (abs(g) + eps)


def without_correction(g, lr=0.001, eps=1e-8):
    return -lr * 0.1 * g / (np.sqrt(0.001 * g**2) + eps)


def one_correction(g, lr=0.001, eps=1e-8):
    return -lr * 0.1 * g / (abs(g) + eps)


def without_epsilon(g, lr=0.001, eps=1e-8):
    return -lr * np.sign(g)


def epsilon_inside(g, lr=0.001, eps=1e-8):
    return -lr * g / np.sqrt(g**2 + eps)


def without_root(g, lr=0.001, eps=1e-8):
    return -lr * g / (g**2 + eps)


def rate_fixed(g, lr=0.001, eps=1e-8):
    return -0.001 * g / (abs(g) + eps)


def always_down(g, lr=0.001, eps=1e-8):
    return -lr * abs(g) / (abs(g) + eps)


class RightAdam:
    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params, self.lr, self.beta1, self.beta2, self.eps = params, lr, beta1, beta2, eps
        self.m = {name: np.zeros_like(p) for name, p in params.items()}
        self.v = {name: np.zeros_like(p) for name, p in params.items()}
        self.t = 0

    def step(self, grads):
        self.t += 1
        for name, p in self.params.items():
            self.one(name, p, grads[name])

    def means(self, name, g):
        self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * g
        self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * g**2

    def corrected(self, name):
        return self.m[name] / (1 - self.beta1**self.t), self.v[name] / (1 - self.beta2**self.t)

    def change(self, name, g):
        self.means(name, g)
        m, v = self.corrected(name)
        return self.lr * m / (np.sqrt(v) + self.eps)

    def one(self, name, p, g):
        p -= self.change(name, g)


class NoCorrection(RightAdam):
    def corrected(self, name):
        return self.m[name], self.v[name]


class OnlyM(RightAdam):
    def corrected(self, name):
        return super().corrected(name)[0], self.v[name]


class OnlyV(RightAdam):
    def corrected(self, name):
        return self.m[name], super().corrected(name)[1]


class CorrectedStored(RightAdam):
    def corrected(self, name):
        self.m[name], self.v[name] = super().corrected(name)
        return self.m[name], self.v[name]


class CountedForEachTensor(RightAdam):
    def step(self, grads):
        for name, p in self.params.items():
            self.t += 1
            self.one(name, p, grads[name])


class CountedFromZero(RightAdam):
    def step(self, grads):
        for name, p in self.params.items():
            self.one(name, p, grads[name])
        self.t += 1


class CountedFromOne(RightAdam):
    def __init__(self, params, **more):
        super().__init__(params, **more)
        self.t = 1


class NeverCounted(RightAdam):
    def step(self, grads):
        self.t = 1
        for name, p in self.params.items():
            self.one(name, p, grads[name])


class Forgetful(RightAdam):
    def step(self, grads):
        self.__init__(self.params, self.lr)
        super().step(grads)


class EpsilonInside(RightAdam):
    def change(self, name, g):
        self.means(name, g)
        m, v = self.corrected(name)
        return self.lr * m / np.sqrt(v + self.eps)


class WithoutRoot(RightAdam):
    def change(self, name, g):
        self.means(name, g)
        m, v = self.corrected(name)
        return self.lr * m / (v + self.eps)


class BetasExchanged(RightAdam):
    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(params, lr, beta2, beta1, eps)


class NotSquared(RightAdam):
    def means(self, name, g):
        self.m[name] = self.beta1 * self.m[name] + (1 - self.beta1) * g
        self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * g


class OldMeans(RightAdam):
    def means(self, name, g):
        self.m[name] = self.beta1 * self.m[name] + g
        self.v[name] = self.beta2 * self.v[name] + (1 - self.beta2) * g**2


class Uphill(RightAdam):
    def one(self, name, p, g):
        p += self.change(name, g)


class NameOnly(RightAdam):
    def one(self, name, p, g):
        p = p - self.change(name, g)


class NewArrays(RightAdam):
    def one(self, name, p, g):
        self.params[name] = p - self.change(name, g)


class GradientsChanged(RightAdam):
    def one(self, name, p, g):
        change = self.change(name, g)
        g *= 0
        p -= change


class SharedMeans(RightAdam):
    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(params, lr, beta1, beta2, eps)
        self.m = self.v


class ConstantWhenOff(Right):
    def forward(self, h, training=True):
        super().forward(h, training)
        if not training:
            self.mask = (1 - self.p) * np.ones(h.shape)
            return h
        return self.mask * h


WRONG = {
    "10.1": [
        ConstantWhenOff,
        NewMask,
        NotEnlarged,
        ShrunkWhenSampling,
        ProbabilityToKeep,
        OverP,
        AlwaysOn,
        BackwardWithoutMask,
        BackwardWithoutFactor,
        BackwardDivides,
        WholeUnits,
        OneMaskForEver,
        OldMask,
        OwnGenerator,
        InPlace,
    ],
    "10.2": [
        plain_descent,
        uphill,
        without_correction,
        one_correction,
        without_epsilon,
        epsilon_inside,
        without_root,
        rate_fixed,
        always_down,
    ],
    "10.3": [
        NoCorrection,
        OnlyM,
        OnlyV,
        CorrectedStored,
        CountedForEachTensor,
        CountedFromZero,
        CountedFromOne,
        NeverCounted,
        Forgetful,
        EpsilonInside,
        WithoutRoot,
        BetasExchanged,
        NotSquared,
        OldMeans,
        Uphill,
        NameOnly,
        NewArrays,
        GradientsChanged,
        SharedMeans,
    ],
}
