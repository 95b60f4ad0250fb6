/// placeholder
enum PlanningPlaceholder {}
