"""The pix2tex network (Blecher 2021, MIT), written anew so that its weights can be exported with a KV cache.

A ResNetV2 without pre-activation (Kolesnikov et al. 2020; 2, 3 and 7 blocks, standardised convolutions) feeds a vision
transformer of 4 layers; the decoder has 4 layers with attention on attention (Huang et al. 2019) and GEGLU.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DIM, HEADS, LAYERS = 256, 8, 4
HEAD_DIM = 64  # of the decoder; the encoder's heads have 32
GRID = (12, 42)  # patches of 16 px the position embedding was trained for: 192 x 672 px


class Conv(nn.Conv2d):
    """Convolution with standardised weights; padded as TensorFlow does for sides that divide by 32."""

    def forward(self, x: Tensor) -> Tensor:
        """What the class says."""
        total = self.kernel_size[0] - self.stride[0]
        before = total // 2
        x = F.pad(x, (before, total - before, before, total - before)) if total > 0 else x
        return F.conv2d(x, self.weight, self.bias, self.stride)

    def standardise(self) -> None:
        """Fold weight standardisation (Qiao et al. 2019) into the weights."""
        std, mean = torch.std_mean(self.weight, dim=(1, 2, 3), keepdim=True, unbiased=False)
        self.weight.data = (self.weight.data - mean) / (std + 1e-5)


class Block(nn.Module):
    """Bottleneck: 1x1, 3x3, 1x1 convolutions with group norms, and a shortcut."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()
        mid = out // 4
        self.downsample = nn.ModuleDict()
        if channels != out or stride > 1:
            self.downsample["conv"] = Conv(channels, out, 1, stride, bias=False)
            self.downsample["norm"] = nn.GroupNorm(32, out)
        self.conv1, self.norm1 = Conv(channels, mid, 1, bias=False), nn.GroupNorm(32, mid)
        self.conv2, self.norm2 = Conv(mid, mid, 3, stride, bias=False), nn.GroupNorm(32, mid)
        self.conv3, self.norm3 = Conv(mid, out, 1, bias=False), nn.GroupNorm(32, out)

    def forward(self, x: Tensor) -> Tensor:
        """What the class says."""
        short = self.downsample["norm"](self.downsample["conv"](x)) if len(self.downsample) else x
        x = F.relu(self.norm1(self.conv1(x)))
        x = F.relu(self.norm2(self.conv2(x)))
        return F.relu(self.norm3(self.conv3(x)) + short)


class Backbone(nn.Module):
    """Picture to features at a sixteenth of its size."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.ModuleDict({"conv": Conv(1, 64, 7, 2, bias=False), "norm": nn.GroupNorm(32, 64)})
        stages, channels = [], 64
        for out, count, stride in ((256, 2, 1), (512, 3, 2), (1024, 7, 2)):
            blocks = [Block(channels if n == 0 else out, out, stride if n == 0 else 1) for n in range(count)]
            stages.append(nn.ModuleDict({"blocks": nn.Sequential(*blocks)}))
            channels = out
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> Tensor:
        """What the class says."""
        x = F.relu(self.stem["norm"](self.stem["conv"](x)))
        x = F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 3, 2)  # after a ReLU zero is as good as minus infinity
        for stage in self.stages:
            x = stage["blocks"](x)
        return x


class EncoderLayer(nn.Module):
    """A layer of the vision transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM, eps=1e-6), nn.LayerNorm(DIM, eps=1e-6)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(DIM, 3 * DIM), "proj": nn.Linear(DIM, DIM)})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(DIM, 4 * DIM), "fc2": nn.Linear(4 * DIM, DIM)})

    def forward(self, x: Tensor) -> Tensor:
        """What the class says."""
        q, k, v = self.attn["qkv"](self.norm1(x)).unflatten(-1, (3, HEADS, DIM // HEADS)).permute(2, 0, 3, 1, 4)
        mixed = F.softmax(q @ k.transpose(-1, -2) * (DIM // HEADS) ** -0.5, -1) @ v
        x = x + self.attn["proj"](mixed.transpose(1, 2).flatten(2))
        return x + self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x))))


class Attention(nn.Module):
    """Attention on attention: the result is gated by a second projection of itself."""

    def __init__(self) -> None:
        super().__init__()
        inner = HEADS * HEAD_DIM
        self.to_q, self.to_k, self.to_v = (nn.Linear(DIM, inner, bias=False) for _ in range(3))
        self.to_out = nn.Sequential(nn.Linear(inner, 2 * DIM), nn.GLU())

    @staticmethod
    def heads(x: Tensor) -> Tensor:
        """[B, T, inner] to [B, heads, T, head]."""
        return x.unflatten(-1, (HEADS, HEAD_DIM)).transpose(1, 2)

    def attend(self, x: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """One query a row against all keys."""
        q = self.heads(self.to_q(x))
        weights = F.softmax(q @ keys.transpose(-1, -2) * HEAD_DIM**-0.5, -1)
        return self.to_out((weights @ values).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """GEGLU (Shazeer 2020)."""

    def __init__(self) -> None:
        super().__init__()
        gate = nn.ModuleDict({"proj": nn.Linear(DIM, 8 * DIM)})
        self.net = nn.ModuleList([gate, nn.Identity(), nn.Linear(4 * DIM, DIM)])

    def forward(self, x: Tensor) -> Tensor:
        """What the class says."""
        x, gate = self.net[0]["proj"](x).chunk(2, -1)
        return self.net[2](x * F.gelu(gate))


class Network(nn.Module):
    """Encoder and decoder, with the names of the published state dictionary."""

    def __init__(self, tokens: int, positions: int = 512) -> None:
        super().__init__()
        self.encoder = nn.ModuleDict(
            {
                "patch_embed": nn.ModuleDict({"backbone": Backbone(), "proj": nn.Conv2d(1024, DIM, 1)}),
                "blocks": nn.ModuleList(EncoderLayer() for _ in range(LAYERS)),
                "norm": nn.LayerNorm(DIM, eps=1e-6),
            }
        )
        self.cls_token = nn.Parameter(torch.zeros(1, 1, DIM))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + GRID[0] * GRID[1], DIM))
        parts = (Attention, Attention, FeedForward)
        layers = [nn.ModuleList([nn.LayerNorm(DIM), parts[n % 3]()]) for n in range(3 * LAYERS)]
        self.layers = nn.ModuleList(layers)
        self.token_emb, self.pos_emb = nn.Embedding(tokens, DIM), nn.Embedding(positions, DIM)
        self.norm, self.to_logits = nn.LayerNorm(DIM), nn.Linear(DIM, tokens)

    def encode(self, picture: Tensor) -> Tensor:
        """Normalised picture [B, 1, H, W], sides divisible by 32, to memory [B, 1 + H/16 * W/16, DIM]."""
        x = self.encoder["patch_embed"]["proj"](self.encoder["patch_embed"]["backbone"](picture))
        height, width = x.shape[-2:]
        places = self.pos_embed[:, 1:].reshape(1, *GRID, DIM)[:, :height, :width].flatten(1, 2)
        x = x.flatten(2).transpose(1, 2) + places
        first = (self.cls_token + self.pos_embed[:, :1]).expand(len(x), -1, -1)
        x = torch.cat((first, x), 1)
        for block in self.encoder["blocks"]:
            x = block(x)
        return self.encoder["norm"](x)

    def memory(self, picture: Tensor) -> Tensor:
        """Keys and values of every layer's cross attention: [LAYERS, 2, B, heads, T, head]."""
        x = self.encode(picture)
        crosses = [self.layers[3 * n + 1][1] for n in range(LAYERS)]
        pairs = [torch.stack((a.heads(a.to_k(x)), a.heads(a.to_v(x)))) for a in crosses]
        return torch.stack(pairs)

    def step(self, token: Tensor, past: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """One token more.

        Args:
            token: [B, 1], the last one.
            past: [LAYERS, 2, B, heads, t, head], t tokens so far; t may be 0.
            memory: of `memory`.

        Returns:
            Logits [B, tokens], and `past` grown by one.
        """
        x = self.token_emb(token) + self.pos_emb.weight[past.shape[4]]
        grown = []
        for n in range(LAYERS):
            (norm, own), (cross_norm, cross), (ff_norm, ff) = self.layers[3 * n : 3 * n + 3]
            y = norm(x)
            keys = torch.cat((past[n, 0], own.heads(own.to_k(y))), 2)
            values = torch.cat((past[n, 1], own.heads(own.to_v(y))), 2)
            grown.append(torch.stack((keys, values)))
            x = x + own.attend(y, keys, values)
            x = x + cross.attend(cross_norm(x), memory[n, 0], memory[n, 1])
            x = x + ff(ff_norm(x))
        return self.to_logits(self.norm(x))[:, 0], torch.stack(grown)


def load(state: dict[str, Tensor], tokens: int) -> Network:
    """The network with published weights; embeddings are cut to the tokens that exist, convolutions standardised."""
    renamed = {}
    for name, value in state.items():
        name = (
            name.replace("decoder.net.attn_layers.", "").replace("decoder.net.", "").replace("pos_emb.emb.", "pos_emb.")
        )
        name = name.removeprefix("encoder.") if name in ("encoder.cls_token", "encoder.pos_embed") else name
        renamed[name] = value[:tokens] if name.startswith(("token_emb", "to_logits")) else value
    network = Network(tokens)
    network.load_state_dict(renamed)
    for part in network.modules():
        if isinstance(part, Conv):
            part.standardise()
    return network.eval()
