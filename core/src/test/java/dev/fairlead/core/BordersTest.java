package dev.fairlead.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.fairlead.testkit.HouseRules;
import org.junit.jupiter.api.Test;

/** Who may never import whom in the core. */
class BordersTest extends HouseRules {
    private static final String CORE = "dev.fairlead.core";

    @Override
    protected String root() {
        return CORE;
    }

    @Test
    void coreIsPlainJava() {
        check(ArchRuleDefinition.classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        // Names in certificates are of a package that is javax, and of java.base.
                        "", "java..", "javax.security.auth.x500..", "org.jspecify.annotations..", CORE + ".."));
        neverImports(CORE + "..", "java.util.logging..", "java.sql..", "java.awt..", "java.rmi..");
    }

    @Test
    void coreStartsNoThreads() {
        check(noClasses().should(new ArchCondition<>("make or start a thread") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getCodeUnitCallsFromSelf().stream()
                        .filter(call -> {
                            String owner = call.getTargetOwner().getName();
                            String name = call.getTarget().getName();
                            return (owner.equals("java.lang.Thread")
                                            && !name.equals("currentThread")
                                            && !name.equals("onSpinWait"))
                                    || owner.equals("java.util.concurrent.Executors")
                                    || owner.equals("java.util.concurrent.CompletableFuture");
                        })
                        .forEach(call -> events.add(SimpleConditionEvent.satisfied(user, call.getDescription())));
            }
        }));
    }

    @Test
    void packagesImportOnlyDownwards() {
        mayImport(CORE, "time");
        mayImport(CORE, "fail", "time");
        mayImport(CORE, "config", "fail", "time");
        mayImport(CORE, "limit", "time");
        mayImport(CORE, "tls");
        mayImport(CORE, "pool", "config", "fail", "limit", "time");
        mayImport(CORE, "balance", "pool", "config", "fail", "time");
        mayImport(CORE, "health", "pool", "config", "fail", "time");
        mayImport(CORE, "discover", "pool", "config", "fail", "time");
        mayImport(CORE, "http", "fail", "time");
        mayImport(CORE, "route", "config", "http", "fail", "time");
        mayImport(CORE, "flow", "fail", "time");
    }

    @Test
    void algorithmsNeverSeeEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage(CORE + ".balance..")
                .should(new ArchCondition<>("see another algorithm") {
                    @Override
                    public void check(JavaClass user, ConditionEvents events) {
                        JavaClass own = outermost(user);
                        if (!isAlgorithm(own)) {
                            return; // what chooses among them sees them all
                        }
                        for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                            JavaClass other = outermost(dependency.getTargetClass());
                            if (!other.equals(own) && isAlgorithm(other)) {
                                events.add(SimpleConditionEvent.satisfied(user, dependency.getDescription()));
                            }
                        }
                    }
                }));
    }

    @Test
    void configurationHoldsNoRunTimeState() {
        check(ArchRuleDefinition.fields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage(CORE + ".config..")
                .should()
                .beFinal());
        neverImports(CORE + ".config..", "java.util.concurrent..", "java.lang.invoke..", "java.nio.channels..");
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(BordersTest::outermost).orElse(type);
    }

    private static boolean isAlgorithm(JavaClass type) {
        return type.getPackageName().equals(CORE + ".balance")
                && !type.isInterface()
                && type.getAllRawInterfaces().stream()
                        .anyMatch(shape -> shape.getName().equals(CORE + ".pool.Balancer"));
    }
}
