package dev.fairlead.core.balance;

import dev.fairlead.core.config.BalanceConfig;

class SourceHashTest extends MaglevTest {
    @Override
    BalanceConfig config(double bound) {
        return new BalanceConfig.SourceHash(bound);
    }
}
